import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the paths in a report start, and what paths for other programs are relative to. */
export interface PathRoots {
  /** The folder that relative paths in the report start from. */
  readonly cwd: string;
  /** Such as the root of a repository. */
  readonly root: string;
}

/** The path from the root with forward slashes, or null for a file outside of it. */
export function pathInRoot(path: string, { cwd, root }: PathRoots): string | null {
  const inside = relative(resolve(root), resolve(cwd, path));
  if (inside === '' || isAbsolute(inside) || inside.split(sep)[0] === '..') return null;
  return inside.split(sep).join('/');
}

/**
 * The URI of a file: relative to the root and percent-encoded, with forward slashes on every system;
 * of a file outside the root, `file:///…`.
 */
export function artifactUri(path: string, roots: PathRoots): string {
  const inside = pathInRoot(path, roots);
  if (inside === null) return pathToFileURL(resolve(roots.cwd, path)).href;
  return inside.split('/').map(encodeSegment).join('/');
}

/** A lone surrogate, which some file systems allow and encodeURIComponent refuses, becomes U+FFFD. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(loneSurrogates, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const loneSurrogates = /\p{Surrogate}/gu;
