import { describeBackend } from './suite.js'

describeBackend('child processes', { processes: 2 })
