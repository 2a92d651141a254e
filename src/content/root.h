/*
 * Opens what lies beneath a directory, and never anything else.
 *
 * Symbolic links are followed as long as they stay inside; absolute ones and those that lead out
 * are refused (-EXDEV), whatever they point to. root_linux.c asks openat2(RESOLVE_BENEATH) and
 * falls back to the walk where the kernel has no openat2 or a sandbox forbids it; root_walk.c goes
 * component by component and needs POSIX alone. Both are always built and tested.
 */
#ifndef STATOR_CONTENT_ROOT_H
#define STATOR_CONTENT_ROOT_H

/*
 * Opens the directory `path` to serve from, close-on-exec.
 * Returns: a descriptor, or -errno (-ENOTDIR for a file).
 */
int stator_root_open(const char *path);

/*
 * Opens `path` ("a/b.txt"; "." is the root itself; never begins with '/') beneath `root` read-only,
 * O_NONBLOCK, O_CLOEXEC, O_NOCTTY: a FIFO or device cannot hold anybody up. The caller must fstat
 * before it reads. Returns: a descriptor, or -errno; -EXDEV when the path leads outside, -ELOOP
 * after 40 links.
 */
int stator_root_open_beneath(int root, const char *path);

/* The same by the component walk alone; stator_root_open_beneath falls back on it. */
int stator_root_walk_beneath(int root, const char *path);

#endif
