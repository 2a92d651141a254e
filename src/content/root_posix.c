/*
 * Opens beneath a directory where the system has no single call for it: always the walk.
 *
 * Knows nothing more. It stands in for root_linux.c, so that callers name one function on every
 * system and the tests can run on the walk alone.
 */
#include "content/root.h"

int stator_root_open_beneath(int root, const char *path)
{
    return stator_root_walk_beneath(root, path);
}
