/*
 * Files that are there whole, or as they were before.
 *
 * Knows how a file takes another's place; refuses to know what is in it. The one surprising thing:
 * what close and fsync say counts, since a full disk or a broken quota may show up as late as that.
 */
#include "lab/result/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int write_all(int fd, struct stator_span bytes)
{
    while (bytes.length > 0) {
        ssize_t count = write(fd, bytes.at, bytes.length);

        if (count < 0 && errno != EINTR) {
            return -errno;
        }
        bytes = stator_span_skip(bytes, count > 0 ? (size_t)count : 0);
    }
    /* A file system that cannot synchronize has nothing to say about the bytes. */
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOSYS ? 0 : -errno;
}

/* mkstemp would make it readable for its owner alone, whatever the umask. */
static int create_beside(const char *path, char **out)
{
    char *name;
    int fd;

    if (asprintf(&name, "%s.part-%ld", path, (long)getpid()) < 0) {
        return -ENOMEM;
    }
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) {
        fd = -errno;
        free(name);
        return fd;
    }
    *out = name;
    return fd;
}

int stator_save_text(const char *path, const struct stator_text *text)
{
    char *part = NULL;
    int fd, error;

    if (text->failed) {
        return -ENOMEM;
    }
    fd = create_beside(path, &part);
    if (fd < 0) {
        return fd;
    }
    error = write_all(fd, stator_text_span(text));
    if (close(fd) != 0 && error == 0) {
        error = -errno;
    }
    if (error == 0 && rename(part, path) != 0) {
        error = -errno;
    }
    if (error != 0) {
        unlink(part);
    }
    free(part);
    return error;
}
