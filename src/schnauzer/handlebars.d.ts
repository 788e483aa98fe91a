/** The part of handlebars that has no file system hooks; same interface as the package's main entry. */
declare module 'handlebars/dist/handlebars.js' {
  import Handlebars from 'handlebars'
  export default Handlebars
}

/** The part that runs what was compiled before. */
declare module 'handlebars/dist/handlebars.runtime.js' {
  import Handlebars from 'handlebars'
  export default Handlebars
}
