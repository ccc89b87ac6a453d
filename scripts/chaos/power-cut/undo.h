/*
 * A power cut for one process. Writes below BAARI_CUT_DIR go to the real files at once, so reads
 * see them, and what each one replaced is kept until the file (for names: its folder) is synced.
 * The cut puts back what was not synced and ends the process by SIGKILL.
 *
 * One process at a time may write below the folder; its threads may be many. All functions here
 * expect the caller to hold the one lock of power-cut.c.
 */
#ifndef BAARI_UNDO_H
#define BAARI_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

enum { PAGE = 4096 };

/* The C library's own functions, found behind ours. */
struct real {
  int (*open)(const char *, int, ...);
  ssize_t (*pread)(int, void *, size_t, off_t);
  ssize_t (*pwrite)(int, const void *, size_t, off_t);
  int (*ftruncate)(int, off_t);
  int (*rename)(const char *, const char *);
  int (*unlink)(const char *);
  int (*link)(const char *, const char *);
  int (*rmdir)(const char *);
  int (*mkdir)(const char *, mode_t);
};
extern struct real real;

/* Ends the process with a sentence: a shim that cannot do its work must not look like a pass. */
void give_up(const char *what) __attribute__((noreturn));

/* Whether chance lets an unsynced thing survive; never without BAARI_CUT_SEED. */
bool survives(uint64_t subject, uint64_t part);
/* A number in [0, bound] by the seed; 0 without one. */
size_t chosen_prefix(uint64_t subject, size_t bound);

/* ---- pages.c: contents ---- */
struct file;
/* Follows the file behind `fd`; what it holds now counts as durable unless `is_new`. */
void file_follow(int fd, bool is_new);
/* NULL when the file is not followed. */
struct file *file_of(const struct stat *st);
/* Keeps what [offset, offset + length) holds, before it is changed. */
void file_keep(struct file *file, off_t offset, off_t length);
/* Around fsync: `begin` before it, `done` after it succeeded with what `begin` returned. */
struct sync_mark { uint64_t generation; off_t size; };
struct sync_mark file_sync_begin(struct file *file);
void file_sync_done(struct file *file, struct sync_mark mark);
void file_forget(const struct stat *st);
void files_sync_all(void);
struct lost { size_t pages_lost, pages_kept, names_lost, names_kept; };
void files_roll_back(struct lost *lost);

/* ---- names.c: directory entries ---- */
void names_start(const char *folder);
void name_created(const char *path, bool is_folder);
/* Instead of the call itself: performs it so that it can be undone. Returns -1 with errno. */
int name_unlink(const char *path);
int name_rename(const char *from, const char *to);
int name_rmdir(const char *path);
/* Around fsync of a folder, as for files. */
uint64_t names_sync_begin(void);
void names_sync_done(const struct stat *folder, uint64_t mark);
void names_sync_all(void);
void names_roll_back(struct lost *lost);
/* Removes the folder that keeps unlinked files. */
void names_clear(void);

#endif
