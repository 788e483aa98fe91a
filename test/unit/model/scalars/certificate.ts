/** A self-signed certificate (P-256, CN=test.example), the body of its PEM form in one line. */
export const CERTIFICATE_BODY =
  'MIIBgjCCASmgAwIBAgIUbhDpYhMIDbApJUSCqHKgcdIEJ2owCgYIKoZIzj0EAwIwFzEVMBMGA1UEAwwMdGVzdC5leGFtcGxlMB4X' +
  'DTI2MTEyMzA5MDE0MVoXDTM2MTEyMDA5MDE0MVowFzEVMBMGA1UEAwwMdGVzdC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0D' +
  'AQcDQgAEQacr1CAOSgccLlXRoFMN0cniFGehvH5kOjL4AH6Jl4haqDDAU0blRPM7GBA0UqRHBbP3rY0EBDL2lkWGzN3Ia6NTMFEw' +
  'HQYDVR0OBBYEFFSaR1Ccoo6A2unN+y3LW/afi/ceMB8GA1UdIwQYMBaAFFSaR1Ccoo6A2unN+y3LW/afi/ceMA8GA1UdEwEB/wQF' +
  'MAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgUZkP/5C/n775CwZHbfLnhm4gIFAD09qHN2QA0L/L3IgCIG4nz6VnX33VKtaB9sMuIlNs' +
  'wKgQJuG8nvu+1agFYWxR'

/** The certificate as PEM with lines of 64 characters. */
export function pem(body: string = CERTIFICATE_BODY, label = 'CERTIFICATE', endLabel = label): string {
  const lines = body.match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${endLabel}-----`, ''].join('\n')
}
