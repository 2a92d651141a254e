/*
 * The snapshot of what is served: made, shared, given back.
 *
 * Knows who frees what; refuses to know what the rules mean. The one surprising thing: the root's
 * descriptor belongs to the site from the moment of the call, so a failure closes it too.
 */
#include "site/site.h"

#include <stdlib.h>

#include "base/fd.h"

struct stator_site *stator_site_create(int root, const char *only, const char *index)
{
    struct stator_site *site = calloc(1, sizeof *site);
    if (site == NULL) {
        stator_fd_close(&root);
        return NULL;
    }
    *site = (struct stator_site){
        .root = root,
        .only = only != NULL ? strdup(only) : NULL,
        .index = strdup(index),
        .server_field = true,
        .magic = STATOR_MAGIC_MODE_FALLBACK,
    };
    stator_ref_init(&site->ref);
    if (site->index == NULL || (only != NULL && site->only == NULL)) {
        stator_site_unref(site);
        return NULL;
    }
    return site;
}

struct stator_site *stator_site_ref(struct stator_site *site)
{
    stator_ref_take(&site->ref);
    return site;
}

void stator_site_unref(struct stator_site *site)
{
    if (site == NULL || !stator_ref_give(&site->ref)) {
        return;
    }
    stator_fd_close(&site->root);
    free(site->only);
    free(site->index);
    stator_urgency_finish(&site->urgencies);
    free(site);
}
