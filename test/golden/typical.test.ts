import { goldenSuite } from '../support/golden-suite.ts'

goldenSuite('typical')
