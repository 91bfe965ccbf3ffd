// The worker's side of poolifier: it registers its functions itself.
import { ClusterWorker } from 'poolifier'
import * as tasks from '../pool/tasks.mjs'

export default new ClusterWorker({ ...tasks })
