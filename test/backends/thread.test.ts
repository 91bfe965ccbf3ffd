import { describeBackend } from './suite.js'

describeBackend('threads', { processes: 2, context: 'thread' })
