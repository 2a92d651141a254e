/* What write.c and read.c agree on, and nobody else includes. */
#ifndef STATOR_LAB_RESULT_FILE_H
#define STATOR_LAB_RESULT_FILE_H

#define STATOR_RESULT_SCHEMA  "stator-lab results"
#define STATOR_RESULT_VERSION 1

#endif
