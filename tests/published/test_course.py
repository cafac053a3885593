"""The machine-learning course whose exercise the lecture's net comes from: 400-25-10, trained weights given."""

from __future__ import annotations

import numpy as np
import pytest
from check_net import check_net
from recording import train

from tui_nn.engine.network import Network, with_ones
from tui_nn.lesson.catalogue import lesson_at
from tui_nn.lesson.exhibit import exhibit_of
from tui_nn.lesson.proof import prove
from tui_nn.lesson.queries import asked
from tui_nn.plugin import Dense
from tui_nn.runs import open_run
from tui_nn.training import recorded_network
from tui_nn.views import Knobs, Subject, find


def resampling(large: int = 28, small: int = 20) -> np.ndarray:
    """(small, large): bicubic interpolation (a = -1/2) with the kernel widened against aliasing, edges repeated."""
    ratio = small / large
    centre = np.arange(1, small + 1) / ratio + 0.5 * (1 - 1 / ratio)
    first = np.floor(centre - 2 / ratio)
    taps = first[:, None] + np.arange(int(np.ceil(4 / ratio)) + 2)
    distance = np.abs(ratio * (centre[:, None] - taps))
    near = 1.5 * distance**3 - 2.5 * distance**2 + 1
    far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
    weights = np.where(distance <= 1, near, np.where(distance <= 2, far, 0))
    weights /= weights.sum(axis=1, keepdims=True)
    matrix = np.zeros((small, large))
    for row, (taken, share) in enumerate(zip(np.clip(taps, 1, large).astype(int) - 1, weights, strict=True)):
        np.add.at(matrix[row], taken, share)
    return matrix


@pytest.fixture(scope="module")
def course(reference, mnist):
    """The course's 5,000 pictures (500 of each digit, 20 x 20, column by column), their digits, and its Theta."""
    io = pytest.importorskip("scipy.io", reason="needs scipy to read the course's .mat file")
    train = mnist["y"][:60000]
    chosen = np.concatenate([np.flatnonzero(train == digit)[:500] for digit in range(10)])
    shrink = resampling()
    pictures = shrink @ (mnist["x"][chosen].reshape(-1, 28, 28) / 255) @ shrink.T
    x = pictures.transpose(0, 2, 1).reshape(5000, 400)
    weights = io.loadmat(reference / "coursera" / "ex4weights.mat")
    return x, train[chosen], weights["Theta1"], weights["Theta2"]


@pytest.fixture(scope="module")
def net(registry, course):
    _, _, theta1, theta2 = course
    sigmoid = registry.get("activation", "sigmoid")
    network = Network(400, [Dense(25, sigmoid), Dense(10, sigmoid)], np.float64)
    network.parameters.thetas[0][...] = theta1
    network.parameters.thetas[1][...] = theta2
    return network


def columns(course):
    """x with samples as columns, and answers where output 9 is digit 0, as the course has it."""
    x, digits, _, _ = course
    return with_ones(x, np.float64).T, np.eye(10)[(digits - 1) % 10].T


@pytest.mark.parametrize(("lam", "published"), [(0, 0.287629165161), (1, 0.383769859091), (3, 0.576051246950)])
def test_cost_of_the_course_net(registry, course, net, record, lam, published):
    x, y = columns(course)
    cost, _ = net.loss_and_grad(x, y, registry.get("loss", "one_vs_all"), decay=lam / 5000)
    ours = cost + net.penalty(lam / 5000)
    record("Coursera ex4", f"400-25-10, given Theta, J at lambda {lam}", f"{published:.12f}", f"{ours:.12f}")
    assert ours == pytest.approx(published, abs=1e-10)


def test_gradient_of_the_course_net(registry, course, net, record):
    x, y = columns(course)
    net.loss_and_grad(x, y, registry.get("loss", "one_vs_all"))
    for name, gradient, published in zip(
        ("Theta1", "Theta2"), net.parameters.gradients, (0.0122147900253, 0.0144638305556), strict=True
    ):
        ours = float(np.linalg.norm(gradient))
        record("Coursera ex4", f"|dJ/d{name}| at lambda 0", f"{published:.13f}", f"{ours:.13f}")
        assert ours == pytest.approx(published, abs=1e-12)


def test_errors_of_the_course_net_by_digit(course, net, record):
    x, digits, _, _ = course
    predicted = (net.predict(x).argmax(axis=1) + 1) % 10
    wrong = np.bincount(digits[predicted != digits], minlength=10).tolist()
    published = [4, 9, 15, 20, 16, 8, 7, 15, 9, 21]
    record("Coursera ex4", "wrong by digit 0..9 (97.52 % right)", published, wrong)
    assert wrong == published


@pytest.mark.parametrize(("lam", "cost"), [(0, 2.100950569902), (1, 2.116086984943), (3, 2.146359815024)])
def test_the_check_net(registry, reference, record, lam, cost):
    """3-5-3, five samples; weights and inputs are sin(1..n) / 10, column by column."""
    network, x, y = check_net(registry)
    loss = registry.get("loss", "one_vs_all")
    found, _ = network.loss_and_grad(x, y, loss, decay=lam / 5)
    found += network.penalty(lam / 5)
    record("Coursera ex4", f"3-5-3 check net, J at lambda {lam}", f"{cost:.12f}", f"{found:.12f}")
    assert found == pytest.approx(cost, abs=5e-12)
    if lam in (0, 3):
        ours = np.concatenate([gradient.ravel(order="F") for gradient in network.parameters.gradients])
        published = np.loadtxt(reference / "coursera" / f"checkNN_grad_lambda{lam}.csv")
        error = np.abs(ours - published).max()
        record(
            "Coursera ex4", f"3-5-3 check net, 38 gradients at lambda {lam}", "38 equal", f"largest error {error:.0e}"
        )
        assert len(published) == 38
        assert error < 1e-9


LABELS = [str(label) for label in range(1, 11)]  # 10 is the digit 0


@pytest.fixture(scope="module")
def imported(reference, course, tmp_path_factory, registry):
    """Lambda -> a run of no epochs that began with the course's file of weights, over its pictures, upright."""
    x, digits, _, _ = course
    folder = tmp_path_factory.mktemp("course")
    pictures = x.reshape(5000, 20, 20).transpose(0, 2, 1)
    np.savez(folder / "pictures.npz", x=pictures, y=np.where(digits == 0, 10, digits))
    (folder / "course.toml").write_text(
        f"""
[data]
source = "{folder / "pictures.npz"}"
validation = 0.0
scale = "none"
[network]
weights = "{reference / "coursera" / "ex4weights.mat"}"
weights_by_columns = [20, 20]
[training]
epochs = 0
dtype = "float64"
"""
    )
    return {
        lam: open_run(train(folder / f"lambda-{lam}", registry, f"{folder / 'course.toml'}", f"training.lambda={lam}"))
        for lam in (0, 1, 3)
    }


@pytest.mark.parametrize(("lam", "published"), [(0, 0.287629165161), (1, 0.383769859091), (3, 0.576051246950)])
def test_the_file_of_weights_as_an_experiment_takes_it(imported, record, lam, published):
    ours = imported[lam].history.train["cost"][-1]
    record("Coursera ex4", f"ex4weights.mat in an experiment, J at lambda {lam}", f"{published:.12f}", f"{ours:.12f}")
    assert ours == pytest.approx(published, abs=1e-10)
    assert imported[lam].history.train["accuracy"][-1] == pytest.approx(0.9752)


def test_its_hidden_units_and_the_votes_for_2_are_upright(imported, registry, course):
    """Each picture of a unit is Theta as MATLAB reshapes a row of it, which begins with the left column."""
    _, _, theta1, theta2 = course
    subject = Subject(imported[0], lambda reader: recorded_network(reader, registry))
    theta = np.array(find("units").numbers(subject, Knobs())["theta"])
    for unit in range(25):
        upright = theta1[unit, 1:].reshape(20, 20, order="F")
        np.testing.assert_array_equal(theta[unit, 1:].reshape(20, 20), upright)
    votes = find("votes").numbers(subject, Knobs(reading=LABELS.index("2")))
    assert votes["class"] == "2"
    np.testing.assert_array_equal(votes["weight"], theta2[1, 1:])


def test_it_is_exported_as_it_came(imported, course, tmp_path, command):
    io = pytest.importorskip("scipy.io")
    command("export", str(imported[0].path), "--to", "mat", "--by-columns", "--out", "w.mat", cwd=tmp_path)
    found = io.loadmat(tmp_path / "w.mat")
    np.testing.assert_array_equal(found["Theta1"], course[2])
    np.testing.assert_array_equal(found["Theta2"], course[3])


@pytest.mark.slow
def test_the_lesson_of_the_exercise_holds(course, reference, registry, record, tmp_path, monkeypatch):
    io = pytest.importorskip("scipy.io")
    x, digits, _, _ = course
    (tmp_path / "coursera").mkdir()
    labels = np.where(digits == 0, 10, digits).reshape(-1, 1).astype(float)
    io.savemat(tmp_path / "coursera" / "ex4data1.mat", {"X": x, "y": labels})
    (tmp_path / "coursera" / "ex4weights.mat").symlink_to(reference / "coursera" / "ex4weights.mat")
    monkeypatch.setenv("TUI_NN_REFERENCE", str(tmp_path))
    lesson, folder = lesson_at("19-course-exercises")
    proof = prove(lesson, registry, folder)
    assert not proof.faults
    assert all(step.passed for step in proof.steps)
    exhibits = {step.title: exhibit_of(step, registry, folder) for step in lesson.steps}
    for title, published in (("The given weights", 0.287629165161), ("And its penalty", 0.383769859091)):
        ours = asked("net.J", exhibits[title])
        record("Coursera ex4", f"lesson 19, {title}: J", f"{published:.12f}", f"{ours:.12f}")
        assert ours == pytest.approx(published, abs=1e-10)
    assert asked("run.accuracy@train", exhibits["How many does it read?"]) == pytest.approx(0.9752)
