-- What an import looks for: the origins that it has not seen yet, the least recently seen
-- first. Without these indexes it would walk over all that it has seen of one moment, once for
-- each entry of that moment.
CREATE INDEX origin_unseen_copy ON origin (format, key, digest, seen, copy);
CREATE INDEX origin_unseen ON origin (format, key, seen, entry);
