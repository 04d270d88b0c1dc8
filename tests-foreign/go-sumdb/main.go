// Command go-sumdb checks a published log with the Go project's own packages for signed notes and transparent logs.
//
// It shares no code with the log's writer. Usage: go-sumdb FOLDER, where FOLDER holds ledger/, log.vkey and proofs/
// as the example make_log writes them; or go-sumdb assurance FILE KEYS,
// where KEYS is what `entente party export` writes. It prints a line per check and exits with 1 when one of them fails.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is C2SP's only height: 2^8 hashes in a full tile.
const tileHeight = 8

// tree is what a checkpoint states.
type tree struct {
	origin string
	size   int64
	root   tlog.Hash
}

// parseDecimal reads a number that is written in the one way C2SP allows.
func parseDecimal(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is not a plain decimal number", text)
	}
	return n, nil
}

// parseHash reads a hash that is written in the one way base64 allows.
func parseHash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	decoded, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(decoded) != len(hash) {
		return hash, fmt.Errorf("%q is not a hash in base64", text)
	}
	copy(hash[:], decoded)
	return hash, nil
}

// openCheckpoint verifies a note and reads its three lines (C2SP tlog-checkpoint).
func openCheckpoint(message []byte, keys note.Verifiers) (tree, error) {
	opened, err := note.Open(message, keys)
	if err != nil {
		return tree{}, err
	}
	// Package note reads base64 leniently; bits that nobody signed must not pass.
	for _, sig := range opened.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return tree{}, fmt.Errorf("the signature of %s is not strict base64", sig.Name)
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return tree{}, errors.New("the checkpoint does not have three lines")
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return tree{}, err
	}
	root, err := parseHash(lines[2])
	return tree{lines[0], size, root}, err
}

// c2spPath is where C2SP keeps a tile: Go's path without the height, and "entries" for "data".
func c2spPath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// folder reads tiles from files; package tlog authenticates them against the root.
type folder struct {
	path string
	read map[string][]byte
}

func (f *folder) Height() int { return tileHeight }

func (f *folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := c2spPath(tile)
		if _, known := f.read[path]; !known {
			data, err := os.ReadFile(filepath.Join(f.path, path))
			if err != nil {
				return nil, err
			}
			f.read[path] = data
		}
		all = append(all, f.read[path])
	}
	return all, nil
}

// parseBundle splits an entry bundle (C2SP tlog-tiles): each entry behind its length in two bytes.
func parseBundle(data []byte, width int) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("the last entry is cut off")
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("%d entries, not %d", len(entries), width)
	}
	return entries, nil
}

// hashes keeps a log's hashes in the order of package tlog.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		if index < 0 || index >= int64(len(h)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		found = append(found, h[index])
	}
	return found, nil
}

// checkFiles computes every tile from the entries, compares it with its file, and allows no other file. It gives
// back the hash of each entry.
func checkFiles(dir string, head tree) ([]tlog.Hash, error) {
	expected := map[string]bool{"checkpoint": true}
	tiles := tlog.NewTiles(tileHeight, 0, head.size)
	var stored hashes
	var records []tlog.Hash
	for _, tile := range tiles {
		if tile.L != 0 {
			continue
		}
		bundle := tile
		bundle.L = -1
		path := c2spPath(bundle)
		expected[path] = true
		data, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return nil, err
		}
		entries, err := parseBundle(data, tile.W)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for _, entry := range entries {
			more, err := tlog.StoredHashes(int64(len(records)), entry, stored)
			if err != nil {
				return nil, err
			}
			stored = append(stored, more...)
			records = append(records, tlog.RecordHash(entry))
		}
	}
	if int64(len(records)) != head.size {
		return nil, fmt.Errorf("%d entries, not the %d of the checkpoint", len(records), head.size)
	}
	for _, tile := range tiles {
		path := c2spPath(tile)
		expected[path] = true
		want, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return nil, err
		}
		got, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(want, got) {
			return nil, fmt.Errorf("%s does not follow from the entries", path)
		}
	}
	if root, err := tlog.TreeHash(head.size, stored); err != nil || root != head.root {
		return nil, fmt.Errorf("the entries have the root %v, the checkpoint %v (%v)", root, head.root, err)
	}
	return records, filepath.WalkDir(dir, func(path string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		name := filepath.ToSlash(relative)
		if err == nil && !expected[name] && !strings.HasPrefix(name, "checkpoints/") {
			err = fmt.Errorf("%s does not belong to the log", name)
		}
		return err
	})
}

// checkInclusion proves every entry from the tiles and checks the proof.
func checkInclusion(dir string, head tree, records []tlog.Hash) error {
	reader := tlog.TileHashReader(tlog.Tree{N: head.size, Hash: head.root}, &folder{dir, map[string][]byte{}})
	for index, record := range records {
		proof, err := tlog.ProveRecord(head.size, int64(index), reader)
		if err == nil {
			err = tlog.CheckRecord(proof, head.size, head.root, int64(index), record)
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
	}
	return nil
}

// checkOlder checks that the log continues every older checkpoint; gives back how many there are.
func checkOlder(dir string, keys note.Verifiers, head tree) (int, error) {
	reader := tlog.TileHashReader(tlog.Tree{N: head.size, Hash: head.root}, &folder{dir, map[string][]byte{}})
	paths, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*"))
	for _, path := range paths {
		message, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		old, err := openCheckpoint(message, keys)
		switch {
		case err != nil:
		case old.origin != head.origin || strconv.FormatInt(old.size, 10) != filepath.Base(path):
			err = fmt.Errorf("it is of %s with %d entries", old.origin, old.size)
		case old.size == 0:
			// Package tlog has no proofs from the empty tree, which every tree continues.
			if old.root != sha256.Sum256(nil) {
				err = errors.New("it is not the empty tree's")
			}
		default:
			var proof tlog.TreeProof
			proof, err = tlog.ProveTree(head.size, old.size, reader)
			if err == nil {
				err = tlog.CheckTree(proof, head.size, head.root, old.size, old.root)
			}
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	return len(paths), err
}

// checkProof reads an offline proof (C2SP tlog-proof) and checks it for its entry, without the log.
func checkProof(text, entry []byte, keys note.Verifiers, origin string) error {
	const format = "c2sp.org/tlog-proof@v1"
	head, message, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != format || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("this is not a proof file without extra data")
	}
	index, err := parseDecimal(strings.TrimPrefix(lines[1], "index "))
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := parseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	stated, err := openCheckpoint([]byte(message), keys)
	if err != nil {
		return err
	}
	if stated.origin != origin {
		return fmt.Errorf("the proof is of the log %s", stated.origin)
	}
	return tlog.CheckRecord(proof, stated.size, stated.root, index, tlog.RecordHash(entry))
}

// checkProofs checks all proof files of a folder; gives back how many there are.
func checkProofs(dir string, keys note.Verifiers, origin string) (int, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.tlog-proof"))
	if err != nil || len(paths) == 0 {
		return 0, fmt.Errorf("there is no proof file in %s (%v)", dir, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		entry, err := os.ReadFile(strings.TrimSuffix(path, ".tlog-proof") + ".entry")
		if err == nil {
			err = checkProof(text, entry, keys, origin)
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	return len(paths), nil
}

func check(dir string) error {
	vkey, err := os.ReadFile(filepath.Join(dir, "log.vkey"))
	if err != nil {
		return err
	}
	// The file ends in one newline; the key itself must be exact.
	key, err := note.NewVerifier(strings.TrimSuffix(string(vkey), "\n"))
	if err != nil {
		return err
	}
	keys := note.VerifierList(key)
	ledger := filepath.Join(dir, "ledger")
	message, err := os.ReadFile(filepath.Join(ledger, "checkpoint"))
	if err != nil {
		return err
	}
	head, err := openCheckpoint(message, keys)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if head.size == 0 {
		return errors.New("an empty log proves nothing here; make one with entries")
	}
	fmt.Printf("ok: sumdb/note verifies the checkpoint of %s with %d entries\n", head.origin, head.size)
	records, err := checkFiles(ledger, head)
	if err != nil {
		return err
	}
	fmt.Println("ok: every tile follows from the entries, up to the signed root, and there is no other file")
	if err := checkInclusion(ledger, head, records); err != nil {
		return err
	}
	fmt.Printf("ok: sumdb/tlog proves from the tiles that each of the %d entries is in the log\n", len(records))
	older, err := checkOlder(ledger, keys, head)
	if err != nil {
		return err
	}
	fmt.Printf("ok: the log continues each of %d kept checkpoints\n", older)
	proofs, err := checkProofs(filepath.Join(dir, "proofs"), keys, head.origin)
	if err != nil {
		return err
	}
	fmt.Printf("ok: %d offline proofs hold for their entries\n", proofs)
	return nil
}

func main() {
	var err error
	switch {
	case len(os.Args) == 2:
		err = check(os.Args[1])
	case len(os.Args) == 4 && os.Args[1] == "assurance":
		err = checkAssurance(os.Args[2], os.Args[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: go-sumdb FOLDER | go-sumdb assurance FILE KEYS")
		os.Exit(2)
	}
	if err != nil {
		fmt.Println("FAILED:", err)
		os.Exit(1)
	}
}
