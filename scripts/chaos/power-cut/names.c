#define _GNU_SOURCE
#include "undo.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { CREATED, CREATED_FOLDER, UNLINKED, RENAMED, REMOVED_FOLDER };

/* One change of a directory entry that its folder's fsync has not yet covered. */
struct change {
  struct change *older;
  enum kind kind;
  uint64_t number;
  dev_t dev; /* of the folder that must be synced */
  ino_t ino;
  char *path;
  char *from;  /* RENAMED: the old name */
  char *saved; /* where the replaced or unlinked file waits; NULL when there was none */
  mode_t mode; /* REMOVED_FOLDER */
};

static struct change *newest;
static uint64_t changes_seen;
static uint64_t saved_seen;
static char graveyard[PATH_MAX];

void names_start(const char *folder) {
  /* A sibling, because it must be on the same file system and out of the program's sight. */
  snprintf(graveyard, sizeof graveyard, "%s.power-cut-%d", folder, getpid());
}

static char *copy(const char *text) {
  char *own = strdup(text);
  if (!own) give_up("out of memory");
  return own;
}

static struct change *note(enum kind kind, const char *path) {
  struct change *change = calloc(1, sizeof *change);
  char *buffer = copy(path);
  struct stat st;
  if (!change || stat(dirname(buffer), &st) != 0) give_up("cannot note a name");
  free(buffer);
  change->kind = kind;
  change->path = copy(path);
  change->dev = st.st_dev;
  change->ino = st.st_ino;
  change->number = ++changes_seen;
  change->older = newest;
  newest = change;
  return change;
}

static char *new_grave(void) {
  char path[PATH_MAX + 32];
  if (real.mkdir(graveyard, 0700) != 0 && errno != EEXIST) give_up("cannot keep unlinked files");
  snprintf(path, sizeof path, "%s/%llu", graveyard, (unsigned long long)++saved_seen);
  return copy(path);
}

void name_created(const char *path, bool is_folder) {
  note(is_folder ? CREATED_FOLDER : CREATED, path);
}

int name_unlink(const char *path) {
  char *grave = new_grave();
  if (real.rename(path, grave) != 0) {
    int reason = errno;
    free(grave);
    errno = reason;
    return -1;
  }
  note(UNLINKED, path)->saved = grave;
  return 0;
}

int name_rename(const char *from, const char *to) {
  char *grave = new_grave();
  struct stat a, b;
  bool replaces = stat(to, &b) == 0 && S_ISREG(b.st_mode);
  /* By POSIX, renaming a file onto another name of itself does nothing. */
  if (replaces && stat(from, &a) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev) {
    free(grave);
    return 0;
  }
  if (replaces && real.link(to, grave) != 0) give_up("cannot keep a replaced file");
  if (real.rename(from, to) != 0) {
    int reason = errno;
    if (replaces) real.unlink(grave);
    free(grave);
    errno = reason;
    return -1;
  }
  struct change *change = note(RENAMED, to);
  change->from = copy(from);
  if (replaces) change->saved = grave;
  else free(grave);
  return 0;
}

int name_rmdir(const char *path) {
  struct stat st;
  if (stat(path, &st) != 0) return -1;
  if (real.rmdir(path) != 0) return -1;
  note(REMOVED_FOLDER, path)->mode = st.st_mode & 07777;
  return 0;
}

static void bury(const char *saved) {
  struct stat st;
  if (stat(saved, &st) == 0 && st.st_nlink == 1) file_forget(&st);
  real.unlink(saved);
}

static void release(struct change *change) {
  if (change->saved) bury(change->saved);
  free(change->path);
  free(change->from);
  free(change->saved);
  free(change);
}

uint64_t names_sync_begin(void) { return changes_seen; }

void names_sync_done(const struct stat *folder, uint64_t mark) {
  struct change **at = &newest;
  while (*at) {
    struct change *change = *at;
    bool covered = change->number <= mark && change->ino == folder->st_ino &&
                   change->dev == folder->st_dev;
    if (covered) {
      *at = change->older;
      release(change);
    } else {
      at = &change->older;
    }
  }
}

void names_sync_all(void) {
  while (newest) {
    struct change *change = newest;
    newest = change->older;
    release(change);
  }
}

static void undo(const struct change *change) {
  switch (change->kind) {
    case CREATED:
      real.unlink(change->path);
      return;
    case CREATED_FOLDER:
      real.rmdir(change->path);
      return;
    case UNLINKED:
      real.rename(change->saved, change->path);
      return;
    case RENAMED:
      real.rename(change->path, change->from);
      if (change->saved) real.rename(change->saved, change->path);
      return;
    case REMOVED_FOLDER:
      real.mkdir(change->path, change->mode);
      return;
  }
}

/* File systems journal names in order, so what survives is a prefix of the changes. */
void names_roll_back(struct lost *lost) {
  size_t count = 0;
  for (struct change *change = newest; change; change = change->older) count++;
  size_t keep = chosen_prefix(0, count);
  lost->names_kept = keep;
  lost->names_lost = count - keep;
  struct change *change = newest;
  for (size_t left = count - keep; left > 0; left--, change = change->older) undo(change);
}

void names_clear(void) {
  DIR *dir = graveyard[0] ? opendir(graveyard) : NULL;
  if (!dir) return;
  for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
    char path[PATH_MAX + 300];
    snprintf(path, sizeof path, "%s/%s", graveyard, entry->d_name);
    if (entry->d_name[0] != '.') real.unlink(path);
  }
  closedir(dir);
  real.rmdir(graveyard);
}
