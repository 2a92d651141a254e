/*
 * Opens beneath a directory, name by name, with POSIX alone.
 *
 * Knows links and dot segments; refuses to know what is served, hidden or allowed. No call is given
 * more than one name and none follows a link, so a rename at any moment may change what is found
 * but cannot lead outside. The one surprising thing: ".." is never asked of the system. The walk
 * remembers the names it went through and goes again from the root without the last one.
 */
#include "content/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define LINKS_MAX 40
#define NAME_SIZE 256
#define PATH_SIZE 4096

/* What one walk may open in all: links full of ".." must not keep a worker busy for seconds. */
#define OPENS_MAX 16384

/* A directory on the way needs to be searched, not read: mode 0711 is enough. */
#if defined(O_SEARCH)
#define SEARCH O_SEARCH
#elif defined(O_PATH)
#define SEARCH O_PATH
#else
#define SEARCH O_RDONLY
#endif

#define ON_THE_WAY (SEARCH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define AT_THE_END (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC)

struct walk {
    int root;
    int at; /* the directory reached: `root`, one of the walk's own, or -1 after ".." */
    int links;
    int opens;
    size_t trail_length;
    size_t next;           /* where in `rest` the next name begins */
    char trail[PATH_SIZE]; /* "a/b/": the names from the root to here, none of them a link */
    char rest[PATH_SIZE];  /* what is left to walk, NUL-terminated */
};

static void stand(struct walk *walk, int fd)
{
    if (walk->at != walk->root) {
        stator_fd_close(&walk->at);
    }
    walk->at = fd;
}

static int open_name(struct walk *walk, const char *name, int flags)
{
    if (walk->opens++ >= OPENS_MAX) {
        return -ELOOP;
    }
    int fd = openat(walk->at, name, flags);
    return fd >= 0 ? fd : -errno;
}

static int enter(struct walk *walk, const char *name)
{
    int fd = open_name(walk, name, ON_THE_WAY);
    if (fd < 0) {
        return fd;
    }
    stand(walk, fd);
    return 0;
}

/* Copies the name at `from` into `name`; returns its length, or -ENAMETOOLONG. */
static int copy_name(const char *from, char name[NAME_SIZE])
{
    size_t length = strcspn(from, "/");
    if (length >= NAME_SIZE) {
        return -ENAMETOOLONG;
    }
    memcpy(name, from, length);
    name[length] = '\0';
    return (int)length;
}

/* Goes from the root along the trail again, after ".." made it shorter. */
static int retrace(struct walk *walk)
{
    stand(walk, walk->root);
    for (size_t from = 0; from < walk->trail_length;) {
        char name[NAME_SIZE];
        int length = copy_name(walk->trail + from, name);
        int error = length < 0 ? length : enter(walk, name);
        if (error != 0) {
            return error;
        }
        from += (size_t)length + 1;
    }
    return 0;
}

static int go_up(struct walk *walk)
{
    if (walk->trail_length == 0) {
        return -EXDEV;
    }
    do {
        walk->trail_length--;
    } while (walk->trail_length > 0 && walk->trail[walk->trail_length - 1] != '/');
    walk->trail[walk->trail_length] = '\0';
    stand(walk, -1);
    return 0;
}

static int go_down(struct walk *walk, const char *name)
{
    size_t length = strlen(name);
    if (walk->trail_length + length + 1 >= sizeof walk->trail) {
        return -ENAMETOOLONG;
    }
    int error = enter(walk, name);
    if (error != 0) {
        return error;
    }
    memcpy(walk->trail + walk->trail_length, name, length);
    walk->trail_length += length;
    walk->trail[walk->trail_length++] = '/';
    walk->trail[walk->trail_length] = '\0';
    return 0;
}

/*
 * After `error` from opening `name`: puts the link's target in its place if it is a link, which
 * systems tell by different errors; else `error` stands.
 */
static int follow(struct walk *walk, const char *name, int error)
{
    char target[PATH_SIZE];
    ssize_t length = readlinkat(walk->at, name, target, sizeof target);
    if (length < 0) {
        return error;
    }
    if (walk->links++ >= LINKS_MAX) {
        return -ELOOP;
    }
    if (length == 0) {
        return -ENOENT;
    }
    if (target[0] == '/') {
        return -EXDEV;
    }
    size_t left = strlen(walk->rest + walk->next);
    if ((size_t)length + left >= sizeof walk->rest) {
        return -ENAMETOOLONG;
    }
    memmove(walk->rest + length, walk->rest + walk->next, left + 1);
    memcpy(walk->rest, target, (size_t)length);
    walk->next = 0;
    return 0;
}

/* Opens the last name of all. A slash behind it asks for a directory. */
static bool finish(struct walk *walk, const char *name, int *out)
{
    bool slash = walk->rest[walk->next] == '/';
    int fd = open_name(walk, name, slash ? AT_THE_END | O_DIRECTORY : AT_THE_END);
    *out = fd >= 0 ? fd : follow(walk, name, fd);
    return fd >= 0 || *out != 0;
}

/* Does the next name. True when the walk is over; `out` is then the descriptor or -errno. */
static bool step(struct walk *walk, int *out)
{
    walk->next += strspn(walk->rest + walk->next, "/");
    char name[NAME_SIZE];
    int length = copy_name(walk->rest + walk->next, name);
    if (length < 0) {
        *out = length;
        return true;
    }
    walk->next += (size_t)length;
    if (strcmp(name, ".") == 0) {
        return false;
    }
    if (strcmp(name, "..") == 0) {
        *out = go_up(walk);
        return *out != 0;
    }
    if (walk->at < 0 && (*out = retrace(walk)) != 0) {
        return true;
    }
    if (length == 0) {
        *out = open_name(walk, ".", AT_THE_END | O_DIRECTORY);
        return true;
    }
    const char *behind = walk->rest + walk->next;
    if (behind[strspn(behind, "/")] == '\0') {
        return finish(walk, name, out);
    }
    *out = go_down(walk, name);
    if (*out != 0) {
        *out = follow(walk, name, *out);
    }
    return *out != 0;
}

int stator_root_walk_beneath(int root, const char *path)
{
    size_t length = strlen(path);
    if (length == 0) {
        return -ENOENT;
    }
    if (length >= PATH_SIZE) {
        return -ENAMETOOLONG;
    }
    if (path[0] == '/') {
        return -EXDEV;
    }
    struct walk walk;
    walk.root = walk.at = root;
    walk.links = walk.opens = 0;
    walk.trail_length = walk.next = 0;
    walk.trail[0] = '\0';
    memcpy(walk.rest, path, length + 1);

    int result = 0;
    while (!step(&walk, &result)) {
    }
    stand(&walk, root);
    return result;
}

int stator_root_open(const char *path)
{
    int fd = open(path, SEARCH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    /* Not every kind of SEARCH asks for the permission itself: say no now, not at each request. */
    struct stat status;
    if (fstatat(fd, ".", &status, 0) != 0) {
        int error = -errno;
        stator_fd_close(&fd);
        return error;
    }
    return fd;
}
