import { runMain } from '../host/run-main.ts'
import { reverseDnsHostnameDetector } from './reverse-dns.ts'

runMain(reverseDnsHostnameDetector)
