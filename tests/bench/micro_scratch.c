/* Makes temporary directories, and removes them without following what lies in them. */
#include "micro_scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIPTORS 8

int micro_scratch_make(char out[MICRO_SCRATCH_SIZE])
{
    char path[MICRO_SCRATCH_SIZE] = "/tmp/stator-micro-XXXXXX";

    if (mkdtemp(path) == NULL) {
        return -errno;
    }
    memcpy(out, path, sizeof(path));
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void micro_scratch_remove(const char *path)
{
    nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}
