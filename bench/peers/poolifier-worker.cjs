// The worker's side of poolifier: it registers its functions itself. CommonJS, because a cluster worker whose main module is
// an ES module loses the messages that come while it loads, and poolifier's first tasks with them.
const { ClusterWorker } = require('poolifier')
const tasks = require('../pool/tasks.mjs')

module.exports = new ClusterWorker({ ...tasks })
