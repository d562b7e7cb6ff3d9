/*
 * The command line in a few files instead of some hundred: Node takes about 0.4 ms to find and load
 * each module, which is most of what a short command takes. `tsc` has made dist/ before; libraries
 * import that, and the command line is bundled from it. Dynamic imports stay dynamic.
 */
export default {
  input: { process: 'dist/cli/process.js', worker: 'dist/runtime/worker.js' },
  platform: 'node',
  external: /^[^./]/,
  output: {
    // As deep as the folders of dist/, so that paths relative to a module stay true.
    dir: 'dist/bundle',
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
};
