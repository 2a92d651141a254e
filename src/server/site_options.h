/* What a server serves: a path of the options becomes a site. */
#ifndef STATOR_SERVER_SITE_OPTIONS_H
#define STATOR_SERVER_SITE_OPTIONS_H

#include "server/options.h"
#include "site/site.h"

/*
 * Opens options->root and makes a site of it. `*root` becomes its absolute path, also on failure
 * where it was found out. Owns: the caller frees *root and gives *site back; both are NULL before.
 * Fails: -errno, and `error` says what, why and what to do.
 */
int stator_site_options_open(const struct stator_options *options, char **root,
                             struct stator_site **site, struct stator_error *error);

#endif
