"""Fetching from a server that does everything wrong: nothing is lost, and nothing wrong is accepted."""

import gzip
import hashlib
import http.server
import importlib.util
import os
import signal
import struct
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib.data import cifar10, fetch, load_mnist, mnist, write_cifar_batches

ROOT = Path(__file__).resolve().parent.parent
CONTENT = np.random.default_rng(0).bytes(1_500_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """Serve CONTENT; what goes wrong is the first part of the path."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        fault = self.path.strip("/").split("/")[0]
        assert isinstance(self.server, Quiet)
        self.server.asked.append((fault, self.headers.get("Range")))
        getattr(self, fault, self.good)()

    def head(self, status, length, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def good(self, content=None):
        content = CONTENT if content is None else content
        begin = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        if begin:
            self.head(206, len(content) - begin, Content_Range=f"bytes {begin}-{len(content) - 1}/{len(content)}")
        else:
            self.head(200, len(content))
        self.wfile.write(content[begin:])

    def dies(self):
        """Send the next 400 kB and hang up; with Range, go on from there."""
        begin = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        self.head(206 if begin else 200, len(CONTENT) - begin, Content_Range=f"bytes {begin}-{len(CONTENT)}/*")
        self.wfile.write(CONTENT[begin : begin + 400_000])
        self.wfile.flush()
        self.close_connection = True

    def nothing_but_whole(self):
        """Know no Range."""
        self.head(200, len(CONTENT))
        self.wfile.write(CONTENT)

    def short(self):
        self.head(200, 1000)
        self.wfile.write(CONTENT[:1000])

    def corrupt(self):
        self.good(b"x" + CONTENT[1:])

    def endless(self):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        for _ in range(200):
            self.wfile.write(CONTENT[:100_000])

    def stalls(self):
        self.head(200, len(CONTENT))
        self.wfile.write(CONTENT[:1000])
        self.wfile.flush()
        time.sleep(3)
        self.close_connection = True

    def slowly(self):
        self.head(200, len(CONTENT))
        for i in range(0, len(CONTENT), 50_000):
            self.wfile.write(CONTENT[i : i + 50_000])
            time.sleep(0.05)

    def moved(self):
        self.send_response(302)
        self.send_header("Location", "/good/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def round_and_round(self):
        self.send_response(302)
        self.send_header("Location", "/round_and_round/x")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def gone(self):
        self.head(404, 0)


class Quiet(http.server.ThreadingHTTPServer):
    """A server that notes who asked, with which Range."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Server)
        self.asked: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        pass  # clients that hang up are part of the play


@pytest.fixture
def server():
    made = Quiet()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def remote(server, *faults, size=1_500_000, sha256=SHA256):
    return fetch.Remote("data.bin", [f"{server.url}/{fault}/data.bin" for fault in faults], size, sha256)


def fetched(server, folder, *faults, **sums):
    path = fetch.fetch(remote(server, *faults, **sums), folder, patience=1)
    assert path.read_bytes() == CONTENT
    assert not list(folder.glob("*.part"))
    return [fault for fault, _ in server.asked]


@pytest.mark.parametrize("fault", ["good", "moved", "nothing_but_whole"])
def test_a_good_server_is_asked_once_and_then_never_again(server, tmp_path, fault):
    asked = fetched(server, tmp_path, fault)
    assert fetched(server, tmp_path, fault) == asked


@pytest.mark.parametrize("fault", ["gone", "short", "corrupt", "endless", "stalls", "round_and_round", "dies"])
def test_after_a_bad_mirror_comes_the_next(server, tmp_path, fault):
    asked = fetched(server, tmp_path, fault, "good")
    assert asked[0] == fault and asked[-1] == "good"


@pytest.mark.parametrize("fault", ["gone", "short", "corrupt", "endless", "stalls"])
def test_with_bad_mirrors_alone_nothing_is_accepted_and_each_is_named(server, tmp_path, fault):
    with pytest.raises(ValueError, match=rf"data\.bin was not fetched.*{fault}/data\.bin: .*gone/data\.bin: .*404"):
        fetch.fetch(remote(server, fault, "gone"), tmp_path, patience=1)
    assert not (tmp_path / "data.bin").exists()


def test_a_broken_download_goes_on_where_it_stopped(server, tmp_path):
    fetched(server, tmp_path, "dies", "dies", "dies", "dies")
    begins = [int(asked[6:-1]) if asked else 0 for _, asked in server.asked]
    assert begins == [0, 393_216, 786_432, 1_179_648]  # whole blocks of what came


def test_a_server_without_ranges_begins_anew(server, tmp_path):
    fetched(server, tmp_path, "dies", "nothing_but_whole")


def test_a_part_of_something_else_is_not_kept(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(b"y" * 700_000)
    fetched(server, tmp_path, "good", "good")  # the first completes the wrong part, the second begins anew


def test_a_file_damaged_later_is_fetched_again(server, tmp_path):
    fetched(server, tmp_path, "good")
    (tmp_path / "data.bin").write_bytes(CONTENT[:-1] + b"?")
    assert len(fetched(server, tmp_path, "good")) == 2


def test_without_a_known_sum_the_size_counts(server, tmp_path):
    fetched(server, tmp_path, "short", "good", sha256=None)


RUN = """
import sys
from pathlib import Path
from cs231n_lib.data import fetch
fetch.fetch(fetch.Remote("data.bin", [sys.argv[1]], int(sys.argv[2]), sys.argv[3]), Path(sys.argv[4]))
"""


def start(server, folder, fault):
    words = [f"{server.url}/{fault}/data.bin", str(len(CONTENT)), SHA256, str(folder)]
    return subprocess.Popen([sys.executable, "-c", RUN, *words], stderr=subprocess.PIPE, cwd=ROOT)


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_killed_process_leaves_a_part_to_go_on_from(server, tmp_path):
    part = tmp_path / "data.bin.part"
    process = start(server, tmp_path, "slowly")
    wait_for(lambda: part.exists() and part.stat().st_size > 0)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = part.stat().st_size
    assert 0 < left < len(CONTENT) and not (tmp_path / "data.bin").exists()
    fetched(server, tmp_path, "good")
    assert server.asked[-1] == ("good", f"bytes={left}-")


def test_two_at_once_fetch_it_once(server, tmp_path):
    processes = [start(server, tmp_path, "slowly") for _ in range(2)]
    for process in processes:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint
    assert (tmp_path / "data.bin").read_bytes() == CONTENT and len(server.asked) == 1


def test_a_given_file_is_compared_and_copied(server, tmp_path):
    mine = tmp_path / "mine"
    mine.write_bytes(CONTENT)
    path = fetch.fetch(remote(server), tmp_path / "there", given=mine)
    assert path.read_bytes() == CONTENT and server.asked == []
    mine.write_bytes(CONTENT[:-1])
    with pytest.raises(ValueError, match="is another file: 1499999 bytes where 1500000"):
        fetch.fetch(remote(server), tmp_path / "elsewhere", given=mine)
    with pytest.raises(ValueError, match="is not a file"):
        fetch.fetch(remote(server), tmp_path / "elsewhere", given=tmp_path / "none")


def test_a_full_disk_is_noticed_first(server, tmp_path):
    with pytest.raises(ValueError, match=r"MB free; data\.bin needs 95367431641 MB"):
        fetch.fetch(remote(server, "good", size=10**17), tmp_path)
    assert server.asked == []


def test_sums_notice_every_change(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    assert not fetch.has_sums(tmp_path, ["a", "b"])
    fetch.write_sums(tmp_path, ["a", "b"])
    assert fetch.has_sums(tmp_path, ["a", "b"]) and not fetch.has_sums(tmp_path, ["a", "b", "c"])
    (tmp_path / "b").write_bytes(b"3")
    assert not fetch.has_sums(tmp_path, ["a", "b"])


# --- the scripts -------------------------------------------------------------------------------------------------


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "data_scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused(module, words):
    with pytest.raises(SystemExit) as stopped:
        module.main(words)
    return str(stopped.value)


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "data_scripts").glob("*.py"))])
def test_every_script_helps(name):
    command = [sys.executable, str(ROOT / "data_scripts" / f"{name}.py"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "--out" in done.stdout


def test_scenes_are_written_in_both_layouts(tmp_path, capsys):
    script("make_scenes").main(["--out", str(tmp_path), "--pictures", "50"])
    told = capsys.readouterr()
    assert "50 training and 10 test pictures are in" in told.out and "pictures, train: 100%" in told.err
    script("make_scenes").main(["--out", str(tmp_path), "--pictures", "50"])
    told = capsys.readouterr()
    assert "are already in" in told.out and "pictures" not in told.err
    images, labels = cifar10.read_batch(tmp_path / "data_batch_2")
    script("get_cifar10").main(["--out", str(tmp_path), "--layout", "both"])
    assert "already in" in capsys.readouterr().out
    rows = np.frombuffer((tmp_path / "data_batch_2.bin").read_bytes(), np.uint8).reshape(10, 3073)
    assert np.array_equal(rows[:, 0], labels)
    assert np.array_equal(rows[:, 1:].reshape(10, 3, 32, 32).transpose(0, 2, 3, 1), images)
    assert (tmp_path / "batches.meta.txt").read_text().split()[3] == "star"
    assert "multiple of 50" in refused(script("make_scenes"), ["--pictures", "70"])
    before = (tmp_path / "test_batch").read_bytes()
    script("make_scenes").main(["--out", str(tmp_path), "--pictures", "100"])
    assert "20 test pictures are in" in capsys.readouterr().out
    (tmp_path / "test_batch").write_bytes(before)  # of another size than the sums say: made anew
    script("make_scenes").main(["--out", str(tmp_path), "--pictures", "100"])
    assert "are in" in capsys.readouterr().out and (tmp_path / "test_batch").read_bytes() != before


@pytest.fixture
def served_archive(tmp_path, monkeypatch):
    """A server with a small CIFAR-10 archive: how to run the script on it, and who asked."""
    write_cifar_batches(tmp_path / "cifar-10-batches-py", 10)
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "cifar-10-batches-py", "cifar-10-batches-py")
    content = (tmp_path / "archive.tar.gz").read_bytes()
    monkeypatch.setattr("tests.test_fetch.CONTENT", content)
    made = Quiet()
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    words = ["--out", str(tmp_path / "out"), "--sha256", hashlib.sha256(content).hexdigest()]

    def start_script(*faults, code="get_cifar10.main(sys.argv[1:])"):
        mirrors = [word for fault in faults for word in ("--mirror", f"{made.url}/{fault}/cifar.tar.gz")]
        code = f"import os, sys\nsys.path.insert(0, 'data_scripts')\nimport get_cifar10\n{code}"
        command = [sys.executable, "-c", code, *words, *mirrors]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    yield start_script, made.asked, tmp_path / "out"
    made.shutdown()
    made.server_close()


def test_two_scripts_at_once_fetch_and_unpack_once(served_archive):
    start_script, asked, out = served_archive
    processes = [start_script("slowly") for _ in range(3)]
    told = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], told
    assert sorted(("already" in words) for words, _ in told) == [False, True, True]
    assert len(asked) == 1 and fetch.has_sums(out, cifar10.FILES)


def test_the_script_goes_on_past_bad_mirrors_and_dead_connections(served_archive):
    start_script, asked, out = served_archive
    process = start_script("gone", "short", "corrupt", "round_and_round", "moved")
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    assert [fault for fault, _ in asked][:3] == ["gone", "short", "corrupt"] and asked[-1][0] == "good"
    assert fetch.has_sums(out, cifar10.FILES)


DIE = """
replace, calls = os.replace, []
def replace_and_die(*names):
    replace(*names)
    calls.append(names)
    if len(calls) == 3:  # the archive, the first file, the second
        os.kill(os.getpid(), 9)
os.replace = replace_and_die
get_cifar10.main(sys.argv[1:])
"""


def test_a_script_killed_while_unpacking_goes_on_without_the_network(served_archive):
    start_script, asked, out = served_archive
    process = start_script("good", code=DIE)
    process.communicate(timeout=60)
    assert process.returncode == -9 and not fetch.has_sums(out, cifar10.FILES)
    process = start_script("gone")
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    assert len(asked) == 1 and fetch.has_sums(out, cifar10.FILES)
    assert {path.name for path in out.iterdir() if path.suffix != ".lock"} == {*cifar10.FILES, "SHA256SUMS"}


def idx(array):
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(b"\0\0\x08" + bytes([array.ndim]) + sizes + array.tobytes())


@pytest.fixture
def digits(tmp_path, monkeypatch):
    """A small MNIST in a folder, and the script that knows its sums."""
    rng, module = np.random.default_rng(0), script("get_mnist")
    folder = tmp_path / "given"
    folder.mkdir()
    arrays = {
        "X_train": rng.integers(0, 256, (6, 28, 28), dtype=np.uint8),
        "y_train": np.arange(6, dtype=np.uint8),
        "X_test": rng.integers(0, 256, (4, 28, 28), dtype=np.uint8),
        "y_test": np.arange(4, dtype=np.uint8),
    }
    sums = {}
    for name, file in mnist.FILES.items():
        content = idx(arrays[name])
        (folder / file).write_bytes(content)
        inside = hashlib.sha256(gzip.decompress(content)).hexdigest()
        sums[file] = (len(content), hashlib.sha256(content).hexdigest(), inside)
    monkeypatch.setattr(module, "SUMS", sums)
    return module, folder, arrays


def test_mnist_comes_from_a_folder_packed_anew_or_not(digits, tmp_path, capsys):
    module, given, arrays = digits
    file = given / mnist.FILES["X_train"]
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()), 1))
    out = tmp_path / "mnist"
    module.main(["--from", str(given), "--out", str(out)])
    data = load_mnist(out)
    assert all(np.array_equal(data[name], arrays[name]) for name in arrays) and data["y_test"].dtype == np.int64
    module.main(["--from", str(given), "--out", str(out)])
    assert "already in" in capsys.readouterr().out


def test_other_digits_are_refused(digits, tmp_path):
    module, given, arrays = digits
    (given / mnist.FILES["X_test"]).write_bytes(idx(255 - arrays["X_test"]))
    message = refused(module, ["--from", str(given), "--out", str(tmp_path / "mnist")])
    assert "MNIST was not fetched" in message and "is another file" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello", "cannot be read"),
        (gzip.compress(b"\0\0\x0d\x01" + bytes(8)), "no idx file of bytes"),
        (gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 9) + bytes(3)), r"promises \(9,\) bytes and holds 3"),
        (idx(np.zeros((5, 28, 28), np.uint8)), "do not belong together"),
    ],
)
def test_damaged_digits_are_refused(digits, content, message):
    _, given, _ = digits
    (given / mnist.FILES["X_test"]).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        load_mnist(given)
    (given / mnist.FILES["X_test"]).unlink()
    with pytest.raises(ValueError, match=r"is not there\. Fetch MNIST with"):
        load_mnist(given)


def test_captions_are_unpacked_by_name_alone(tmp_path, capsys):
    module = script("get_coco_captions")
    archive = tmp_path / "captions.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in [*module.FILES, "../../escaped"]:
            packed.writestr(f"coco_captioning/{name}", name)
    out = tmp_path / "deep" / "coco"
    module.main(["--from", str(archive), "--out", str(out)])
    assert sorted(path.name for path in out.iterdir() if path.suffix != ".lock") == sorted(
        [*module.FILES, "SHA256SUMS"]
    )
    assert not (tmp_path / "escaped").exists() and fetch.sha256_of(archive) in capsys.readouterr().out
    module.main(["--from", str(archive), "--out", str(out)])
    assert "already in" in capsys.readouterr().out
    os.truncate(archive, 200)
    assert "not fetched" in refused(module, ["--from", str(archive), "--out", str(tmp_path / "other")])
    wrong = ["--from", str(archive), "--out", str(tmp_path / "third"), "--sha256", "0" * 64]
    assert "is another file" in refused(module, wrong)


def test_digits_that_lie_there_are_compared_too(digits, tmp_path):
    module, given, arrays = digits
    name = mnist.FILES["X_train"]
    (given / name).write_bytes(gzip.compress(gzip.decompress((given / name).read_bytes()), 1))
    out = tmp_path / "mnist"
    out.mkdir()
    (out / name).write_bytes(idx(255 - arrays["X_train"]))
    words = ["--from", str(given), "--out", str(out)]
    assert "holds other digits" in refused(module, words)
    module.main(words)
    assert np.array_equal(load_mnist(out)["X_train"], arrays["X_train"])
