/*
 * Everything that stator says to a person or a script.
 */
#ifndef STATOR_BIN_CONSOLE_H
#define STATOR_BIN_CONSOLE_H

#include "bin/arguments.h"

/* True if `fd` is a terminal that shows colours, and nobody asked for none (NO_COLOR, TERM=dumb).
 */
bool stator_console_has_colour(int fd);

/* Three lines on standard error: what, why, fix. */
void stator_console_error(const struct stator_error *error);

/*
 * The same of a server that goes on; left out where standard error takes nothing now, so that
 * nobody's request waits for it. A stator_notice_fn without context.
 */
void stator_console_notice(const struct stator_error *notice, void *context);

/* Texts on standard output. Fails: false where it does not take them. */
bool stator_console_help(void);
bool stator_console_version(void);
bool stator_console_archs(void);

/*
 * That `server` serves from now on: some lines on a terminal, one elsewhere; more with --verbose,
 * none with --quiet. It is out when this returns.
 */
void stator_console_start(const struct stator_server *server,
                          const struct stator_arguments *arguments);

/* What it did, where a person asked for more. */
void stator_console_end(const struct stator_server *server,
                        const struct stator_arguments *arguments);

#endif
