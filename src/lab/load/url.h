/* An address as a person writes it: http://host:port/path. */
#ifndef STATOR_LAB_LOAD_URL_H
#define STATOR_LAB_LOAD_URL_H

#include <netinet/in.h>

struct stator_load_url {
    char host[272];  /* "example.org:8080": as the Host field has it */
    char path[1024]; /* with its query; "/" where there was none */
    struct sockaddr_in address;
};

/*
 * Takes it apart and looks the name up (IPv4). Fails: -EINVAL for no such address, -ENOENT where
 * the name is not known; `why` and `fix` then say more. `out` untouched.
 */
int stator_load_url_parse(const char *text, struct stator_load_url *out, const char **why,
                          const char **fix);

#endif
