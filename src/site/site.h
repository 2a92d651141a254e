/*
 * What is being served, as one immutable snapshot: a root and the rules for it.
 *
 * Knows nothing of connections, caches or time. Reference-counted; whoever holds a reference may
 * read it from any thread. Descriptors in it are opened by whoever makes it and closed with it.
 */
#ifndef STATOR_SITE_SITE_H
#define STATOR_SITE_SITE_H

#include "base/ref.h"
#include "base/span.h"
#include "site/urgency.h"

enum stator_magic_mode {
    STATOR_MAGIC_MODE_FALLBACK, /* ask libmagic where the name says nothing */
    STATOR_MAGIC_MODE_FIRST,    /* ask libmagic first; the name refines what is text */
    STATOR_MAGIC_MODE_OFF,
};

struct stator_site {
    struct stator_ref ref;
    int root;          /* descriptor of the directory; all paths are opened beneath it */
    char *only;        /* not NULL: this file beneath root is served for every path "/NAME" */
    char *index;       /* name of a directory's representation, "index.html" */
    bool listing;      /* answer for a directory without an index by listing it */
    bool server_field; /* send Server */
    enum stator_magic_mode magic;
    struct stator_urgency_rules urgencies; /* which requests go first */
};

/*
 * Makes a site with one reference. Owns: takes `root` over, also on failure; copies the strings.
 * `only` may be NULL. Fails: NULL when memory is out.
 */
struct stator_site *stator_site_create(int root, const char *only, const char *index);

struct stator_site *stator_site_ref(struct stator_site *site);

/* Gives a reference back; the last one closes the root. NULL is allowed. */
void stator_site_unref(struct stator_site *site);

#endif
