"""`hero-unix-client` as a process, against the real daemon."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

CLIENT = Path(sys.executable).with_name("hero-unix-client")
JOB = {"script": "40 + 2", "script_type": "SAL", "caller_id": "a", "context_id": "b", "timeout": 10}


def run(*arguments, stdin=b"", **env):
    environment = {**os.environ, **env}
    command = [CLIENT, *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, env=environment, timeout=30, check=False
    )


@pytest.fixture
def call(daemon):
    """Call a method; gives exit code, stdout and stderr."""

    def call(method, *arguments, params=None, stdin=b""):
        given = [] if params is None else ["--params", json.dumps(params)]
        done = run("--socket", daemon, "--method", method, *given, *arguments, stdin=stdin)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return call


def test_the_three_commands_of_the_quickstart_print_42(call):
    code, job_id, errors = call("create_job", params=JOB)
    assert (code, errors) == (0, "")
    assert call("start_job", params=[job_id.strip()])[0] == 0
    assert call("wait_job", params=[job_id.strip(), 10])[0] == 0
    assert call("get_job_output", params=[job_id.strip()]) == (0, "42\n", "")


def test_results_that_are_no_strings_are_indented_json(call):
    code, output, _ = call("health")
    assert (code, output.startswith('{\n  "status": "')) == (0, True)


def test_with_json_even_strings_are_json_on_one_line(call):
    _, output, _ = call("create_job", "--json", params=JOB)
    assert output == f"{json.dumps(json.loads(output))}\n"


def test_raw_prints_the_whole_response(call):
    code, output, _ = call("list_runners", "--raw")
    assert code == 0
    assert json.loads(output).keys() == {"jsonrpc", "id", "result"}


def test_raw_prints_errors_as_well_and_exits_with_1(call):
    code, output, errors = call("get_job", "--raw", params=["missing"])
    assert (code, json.loads(output)["error"]["code"], errors) == (1, -32020, "")


def test_an_error_of_the_server_goes_to_stderr_and_exits_with_1(call):
    code, output, errors = call("get_job", params=["missing"])
    assert (code, output) == (1, "")
    assert errors.startswith("error -32020: Job missing not found")


def test_with_json_an_error_is_json_on_stderr(call):
    _, _, errors = call("get_job", "--json", params=["missing"])
    assert json.loads(errors)["code"] == -32020


def test_params_can_come_from_stdin(call):
    code, _, errors = call("create_job", "--params", "-", stdin=json.dumps(JOB).encode())
    assert (code, errors) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--method", "x", "--params", '{"a":\n nope}'], "not valid JSON at line 2, column 2"),
        (["--method", "x", "--params", "1"], "must be a JSON object or array"),
        (["--method", "x", "--raw", "--json"], "--raw and --json exclude each other"),
        (["--method", "x", "run", "1", "--type", "SAL"], "--method and run exclude each other"),
        (["--method", "x", "--timeout", "0"], "--timeout"),
        ([], "Give --method NAME, or a command"),
        (["run", "--type", "SAL"], "Give either a SCRIPT"),
        (["run", "1"], "--type"),
        (["run", "1", "--type", "SAL", "--env", "x"], "'x' is not NAME=VALUE"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_wrong(arguments, why):
    done = run(*arguments, HERO_SOCKET="/nowhere")
    assert done.returncode == 2
    assert why in done.stderr.decode()


def test_stdin_that_is_no_utf8_is_wrong_usage():
    done = run("--method", "x", "--params", "-", stdin=b"ab\xff")
    assert (done.returncode, b"stdin is not UTF-8 at byte 2" in done.stderr) == (2, True)


def test_no_server_exits_with_3_and_says_what_to_do(tmp_path):
    done = run("--method", "health", HERO_SOCKET=f"{tmp_path}/s")
    assert (done.returncode, done.stdout) == (3, b"")
    assert f"hero-unix-server running with --socket {tmp_path}/s?".encode() in done.stderr


def test_the_socket_is_by_default_in_the_runtime_folder(tmp_path):
    environment = {name: text for name, text in os.environ.items() if name != "HERO_SOCKET"}
    done = subprocess.run(
        [CLIENT, "--method", "health"],
        capture_output=True,
        env={**environment, "XDG_RUNTIME_DIR": str(tmp_path)},
        timeout=30,
        check=False,
    )
    assert f"{tmp_path}/hero-supervisor/hero.sock".encode() in done.stderr


def test_no_answer_in_time_exits_with_3(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{tmp_path}/s")
        server.listen()
        done = run("--socket", tmp_path / "s", "--method", "health", "--timeout", "0.2")
    assert (done.returncode, b"No answer to health within 0.2 s" in done.stderr) == (3, True)


def test_run_prints_the_output_of_a_script(daemon):
    done = run("run", "40 + 2", "--type", "SAL", HERO_SOCKET=str(daemon))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"42\n", b"")


@pytest.mark.parametrize("arguments", [["run", "-"], ["run", "--file", "-"]])
def test_run_takes_a_script_from_stdin(daemon, arguments):
    done = run("--socket", daemon, *arguments, "--type", "SAL", stdin=b"40 + 2")
    assert done.stdout == b"42\n"


def test_run_takes_a_script_from_a_file_and_all_options(daemon, tmp_path):
    (tmp_path / "x.rhai").write_text("CALLER_ID + CONTEXT_ID")
    options = ["--caller", "me", "--context", "here", "--timeout", "5", "--env", "K=V=W"]
    done = run("run", "--file", tmp_path / "x.rhai", "--type", "SAL", "--socket", daemon, *options)
    assert (done.stdout, done.stderr) == (b"mehere\n", b"")


def test_run_takes_many_files_and_runs_each_in_turn(daemon):
    examples = sorted((Path(__file__).parents[3] / "examples" / "rhai").glob("*.rhai"))
    done = run("run", "--type", "SAL", "--socket", daemon, "--file", *examples)
    values = [path.with_suffix(".out").read_text().splitlines()[-1] for path in examples]
    assert (done.stdout.decode().splitlines(), done.stderr) == (values, b"")


def test_a_further_file_that_cannot_be_read_is_named_before_anything_runs(daemon, tmp_path):
    (tmp_path / "x.rhai").write_text("1")
    files = ["--file", tmp_path / "x.rhai", tmp_path / "none"]
    done = run("run", "--type", "SAL", "--socket", daemon, *files)
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"Can't read the script {tmp_path}/none: No such file".encode() in done.stderr


def test_run_says_what_is_wrong_with_a_script_and_where(daemon):
    done = run("run", "let x = 1 +* ;", "--type", "SAL", "--socket", daemon)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"error -32000: ")
    assert b"  script error at line 1, column 12" in done.stderr


def test_an_interrupt_says_that_the_job_goes_on(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{tmp_path}/s")
        server.listen()
        command = [CLIENT, "--socket", tmp_path / "s", "run", "1", "--type", "SAL"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        connection, _ = server.accept()
        with connection:
            connection.recv(1)  # the job was sent
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, b"Interrupted; a job that was started goes on.\n")


def test_the_version_is_shown():
    assert run("--version").stdout == b"hero-unix-client 0.1.0\n"


def test_errors_are_coloured_on_a_terminal_only_and_never_with_no_color(tmp_path):
    assert b"\x1b[" not in run("--socket", tmp_path / "s", "--method", "x").stderr
    assert b"\x1b[31m" in _on_terminal(tmp_path, {})
    assert b"\x1b[" not in _on_terminal(tmp_path, {"NO_COLOR": "1"})


def _on_terminal(folder, env):
    master, terminal = os.openpty()
    command = [CLIENT, "--socket", folder / "s", "--method", "x"]
    environment = {name: text for name, text in os.environ.items() if name != "NO_COLOR"} | env
    try:
        subprocess.run(command, stderr=terminal, env=environment, timeout=30, check=False)
        os.close(terminal)
        return os.read(master, 10_000)
    finally:
        os.close(master)
