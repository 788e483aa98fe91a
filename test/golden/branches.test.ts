import { goldenSuite } from '../support/golden-suite.ts'

goldenSuite('standalone')
goldenSuite('changes')
