/*
 * Requests as they are sent, written once before anything runs.
 *
 * Knows the request line and the fields that a request must have; refuses to know of connections,
 * but that one may be its connection's last.
 */
#include <arpa/inet.h>
#include <errno.h>

#include "lab/load/engine.h"

static void write_request(const struct stator_load_spec *spec,
                          const struct stator_load_target *target, bool closing,
                          struct stator_text *out)
{
    const unsigned char *address = (const unsigned char *)&spec->server.sin_addr.s_addr;

    stator_text_add_format(out, "GET %s HTTP/1.1\r\nHost: ", target->path);
    if (spec->host != NULL) {
        stator_text_add_string(out, spec->host);
    } else {
        stator_text_add_format(out, "%u.%u.%u.%u:%u", address[0], address[1], address[2],
                               address[3], ntohs(spec->server.sin_port));
    }
    stator_text_add_format(out, "\r\n%s%s\r\n", target->fields != NULL ? target->fields : "",
                           closing ? "Connection: close\r\n" : "");
}

int stator_load_request_init(struct stator_load_request *request,
                             const struct stator_load_spec *spec,
                             const struct stator_load_target *target)
{
    *request = (struct stator_load_request){0};
    write_request(spec, target, false, &request->open);
    write_request(spec, target, true, &request->closing);
    return request->open.failed || request->closing.failed ? -ENOMEM : 0;
}

void stator_load_request_finish(struct stator_load_request *request)
{
    stator_text_finish(&request->open);
    stator_text_finish(&request->closing);
}
