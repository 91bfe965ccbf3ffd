import { describeBackend } from './suite.js'

describeBackend('no workers (serial)', { processes: 0 })
