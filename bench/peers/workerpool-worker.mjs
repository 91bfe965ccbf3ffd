// The worker's side of workerpool: it registers its functions itself.
import workerpool from 'workerpool'
import * as tasks from '../pool/tasks.mjs'

workerpool.worker({ ...tasks })
