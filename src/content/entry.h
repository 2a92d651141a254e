/*
 * An entry: what stands at one path, ready to be sent: a representation with its validators, or
 * the fact that there is none.
 *
 * Immutable once made and reference-counted: a response holds the entry it began with, whatever
 * happens to the file or the cache meanwhile. Size, times, validator and type come from the
 * descriptor whose bytes are sent, never from the name.
 */
#ifndef STATOR_CONTENT_ENTRY_H
#define STATOR_CONTENT_ENTRY_H

#include "base/clock.h"
#include "base/ref.h"
#include "content/entry_kind.h"
#include "content/file_version.h"
#include "content/magic.h"
#include "site/site.h"

/* Files up to this size are kept in memory; larger ones as an open descriptor. */
#define STATOR_ENTRY_INLINE_MAX 65536

struct stator_entry {
    struct stator_ref ref;
    enum stator_entry_kind kind;
    int error; /* ABSENT: why, as -errno: -ENOENT, -EACCES (403), -EMFILE and -ENFILE (503), ... */
    struct stator_file_version version;
    int fd; /* the open file or directory; -1 where `body` holds it all */
    struct stator_span
        fields; /* FILE: its own field lines, as a 200 sends them, and the empty line */
    struct stator_span validators; /* the end of `fields` from Last-Modified on: what a 304 sends */
    struct stator_span
        body; /* FILE, when kept in memory: right behind `fields`; else body.at is NULL */
    struct stator_span type;  /* Content-Type */
    bool weak;                /* the validator, see stator_file_version_is_stable */
    char etag[40];            /* as sent, with quotes and W/; NUL-terminated */
    char modified[30];        /* Last-Modified as sent; NUL-terminated; "" where it has none */
    int64_t modified_seconds; /* the same as a number, never later than when the entry was made */
    size_t cost;              /* bytes of memory it stands for */
};

/*
 * Finds out what stands at `path` (decoded, normalized, begins with '/') and makes an entry of it;
 * what cannot be served is an ABSENT entry, so that it can be remembered too. `magic` may be NULL.
 * Resolution: dotfiles and everything under them are absent, but ".well-known" at the top is not;
 * only regular files and directories exist; "dir/" is its index, "dir" a REDIRECT, "file/" absent;
 * names with a NUL or longer than the system takes are absent.
 * Owns: the caller gets one reference. Fails: -ENOMEM, `out` untouched.
 */
int stator_entry_create(const struct stator_site *site, struct stator_magic *magic,
                        const struct stator_clock *clock, struct stator_span path,
                        struct stator_entry **out);

struct stator_entry *stator_entry_ref(struct stator_entry *entry);
void stator_entry_unref(struct stator_entry *entry);

/*
 * True if a new entry for `path` would be the same: what the path leads to has the same file
 * version (or is still absent for the same reason) and the validator would not change its
 * strength.
 */
bool stator_entry_is_current(const struct stator_entry *entry, const struct stator_site *site,
                             const struct stator_clock *clock, struct stator_span path);

/*
 * Reads `length` bytes of a FILE's body from `offset` on into `out`, wherever the body is.
 * Fails: -ESTALE when the file is no longer the version that the entry describes (it shrank), or
 * -errno; a response under way must then be cut.
 */
int stator_entry_read(const struct stator_entry *entry, uint64_t offset, size_t length, char *out);

/* True if the open file still is the version that the entry describes (one fstat; true for a body
 * in memory): asked before the end of a long response is sent. */
bool stator_entry_is_unchanged(const struct stator_entry *entry);

#endif
