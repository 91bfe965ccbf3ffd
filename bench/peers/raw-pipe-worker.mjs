// The child of the raw pipe: opens each frame and sends its items back.
import { Socket } from 'node:net'
import { decode, encode, readFrames, writeFrame } from './raw-pipe-frames.mjs'

const pipe = new Socket({ fd: 4, readable: true, writable: true })
readFrames(pipe, (frame) => writeFrame(pipe, encode(decode(frame))))
pipe.on('close', () => process.exit())
