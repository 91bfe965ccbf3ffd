import { describeBackend } from './suite.js'

describeBackend('cluster workers', { processes: 2, context: 'cluster' })
