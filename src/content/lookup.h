/*
 * A lookup: what stands at a path at one moment, before an entry is made of it.
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
#define STATOR_LOOKUP_PATH_SIZE 4096

struct stator_lookup {
    enum stator_entry_kind kind;
    int error;                          /* as in struct stator_entry */
    int fd;                             /* FILE and DIRECTORY: open; else -1 */
    struct stator_file_version version; /* of `fd`; all zero where there is none */
    char path[STATOR_LOOKUP_PATH_SIZE]; /* FILE and DIRECTORY: what was opened */
};

/*
 * Looks at `path` as stator_entry_create resolves it. Owns: the caller closes out->fd. Never fails:
 * what cannot be opened is ABSENT, and out->error says why.
 */
void stator_lookup_path(const struct stator_site *site, struct stator_span path,
                        struct stator_lookup *out);

/* Closes what was seen and makes it ABSENT for `error`, as stator_lookup_path would have done. */
void stator_lookup_fail(struct stator_lookup *lookup, int error);

/* True for "/a/.b" and all that begins with it, but not for "/.well-known" (RFC 8615 3). */
bool stator_lookup_is_hidden(struct stator_span path);

#endif
