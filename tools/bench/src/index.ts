export { machine, timed, withScratchMongo } from './experiments/scratch-mongo.js';
