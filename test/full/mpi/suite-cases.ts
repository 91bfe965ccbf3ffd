import { describeBackend } from '../../backends/suite.js'

describeBackend('MPI ranks', {})
