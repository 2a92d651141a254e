/*
 * A record lock on a file that has no name any more.
 *
 * Knows fcntl(2)'s locks, which belong to processes; refuses to know what is locked. The one
 * surprising thing: a system that has no locks left is no reason to stand still: without it,
 * processes are in each other's way, no more.
 */
#include "arch/processes/accept_mutex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int stator_accept_mutex_open(void)
{
    const char *directory = getenv("TMPDIR");
    char path[256];
    int length = snprintf(path, sizeof(path), "%s/stator-mutex-XXXXXX",
                          directory != NULL && directory[0] != '\0' ? directory : "/tmp");
    int fd = length < (int)sizeof(path) ? mkostemp(path, O_CLOEXEC) : -1;

    if (length >= (int)sizeof(path)) {
        return -ENAMETOOLONG;
    }
    if (fd < 0) {
        return -errno;
    }
    unlink(path);
    return fd;
}

static int apply(int accept_mutex, int command, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

    return fcntl(accept_mutex, command, &whole) == 0 ? 0 : -errno;
}

bool stator_accept_mutex_try(int accept_mutex)
{
    int error = apply(accept_mutex, F_SETLK, F_WRLCK);

    return error != -EAGAIN && error != -EACCES;
}

bool stator_accept_mutex_wait(int accept_mutex)
{
    return apply(accept_mutex, F_SETLKW, F_WRLCK) != -EINTR;
}

void stator_accept_mutex_release(int accept_mutex)
{
    apply(accept_mutex, F_SETLK, F_UNLCK);
}
