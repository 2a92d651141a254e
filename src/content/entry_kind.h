/* What stands at a path, as far as serving it is concerned. */
#ifndef STATOR_CONTENT_ENTRY_KIND_H
#define STATOR_CONTENT_ENTRY_KIND_H

enum stator_entry_kind {
    STATOR_ENTRY_KIND_FILE,      /* a representation */
    STATOR_ENTRY_KIND_DIRECTORY, /* a directory without an index, and listings are enabled */
    STATOR_ENTRY_KIND_REDIRECT,  /* a directory that was requested without its trailing '/' */
    STATOR_ENTRY_KIND_ABSENT,    /* nothing that is served: 404, or what the entry's `error` says */
};

#endif
