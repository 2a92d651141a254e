/*
 * An address to listen on, as a person writes it: "127.0.0.1:80", "[::1]:80", "name:80", ":80" and
 * "*:80" (every address of this machine), "unix:/path".
 */
#ifndef STATOR_SERVER_ADDRESS_H
#define STATOR_SERVER_ADDRESS_H

#include "stator/stator.h"

/* Longer than any name of the domain system, or any address with a zone. */
#define STATOR_ADDRESS_HOST_SIZE 256

struct stator_address {
    const char *text;                    /* as written */
    const char *path;                    /* of a unix socket, in `text`; else NULL */
    char host[STATOR_ADDRESS_HOST_SIZE]; /* "" is every address */
    char port[8];                        /* decimal, 0 to 65535 */
};

/*
 * Takes `text` apart; `out` points into it. Whether the machine has that address is not asked.
 * Fails: -EINVAL, `out` untouched, and `error` says what, why and what to do.
 */
int stator_address_parse(const char *text, struct stator_address *out, struct stator_error *error);

/*
 * Tells why the address cannot be listened on, by what the system answered: -errno.
 * Returns: `code`.
 */
int stator_address_refuse(const struct stator_address *address, int code,
                          struct stator_error *error);

#endif
