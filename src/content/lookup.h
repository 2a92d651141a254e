/*
 * A sight: what stands at a path at one moment, before anything is made of it.
 *
 * The only place that knows the rules for dotfiles, directories, indexes and sites of one file, so
 * an entry, the question whether it is current, and a listing agree on them.
 */
#ifndef STATOR_CONTENT_LOOKUP_H
#define STATOR_CONTENT_LOOKUP_H

#include "base/span.h"
#include "content/entry_kind.h"
#include "content/file_version.h"
#include "site/site.h"

/* Bytes of a path relative to the root, with its NUL; longer ones the system does not take anyway.
 */
#define STATOR_SIGHT_PATH_SIZE 4096

struct stator_sight {
    enum stator_entry_kind kind;
    int error;                         /* as in struct stator_entry */
    int fd;                            /* FILE and DIRECTORY: open; else -1 */
    struct stator_stamp stamp;         /* of `fd`; all zero where there is none */
    char path[STATOR_SIGHT_PATH_SIZE]; /* FILE and DIRECTORY: what was opened */
};

/*
 * Looks at `path` as stator_entry_create resolves it. Owns: the caller closes out->fd. Never fails:
 * what cannot be opened is ABSENT, and out->error says why.
 */
void stator_sight_take(const struct stator_site *site, struct stator_span path,
                       struct stator_sight *out);

/* Closes what was seen and makes it ABSENT for `error`, as stator_sight_take would have done. */
void stator_sight_lose(struct stator_sight *sight, int error);

/* True for "/a/.b" and all that begins with it, but not for "/.well-known" (RFC 8615 3). */
bool stator_sight_is_hidden(struct stator_span path);

#endif
