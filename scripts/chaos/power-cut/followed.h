/* What the replaced calls share: which files and names are followed, and the one lock. */
#ifndef BAARI_FOLLOWED_H
#define BAARI_FOLLOWED_H

#include "undo.h"
#include <dlfcn.h>
#include <pthread.h>

/* Held over every followed change with its undo, and for ever once the power is cut. */
extern pthread_mutex_t lock;
/* False until the library has started, and for ever without BAARI_CUT_DIR. */
extern bool on;

/* Takes the lock and returns the file when `fd` is followed; otherwise takes nothing. */
struct file *lock_file(int fd);
/* Fills `out` with the absolute name when the entry lies below the folder. */
bool followed_name(int dir, const char *path, char *out);
/* Ends a followed change: cuts the power when its number has come, else gives the lock back. */
void written(void);
/* A sync is about to begin, under the lock: cuts the power when its number has come. */
void syncing(void);

/* The function our own stands before, found at the first call. */
#define NEXT(result, name, ...)                                        \
  static result (*next)(__VA_ARGS__);                                  \
  if (!next) next = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#endif
