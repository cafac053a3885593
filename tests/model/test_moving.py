"""Moved pictures: against an independent implementation, and where the answer is known to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.engine.data import Part
from tui_nn.errors import DataError
from tui_nn.model.moving import REST, Move, moved, moved_part
from tui_nn.model.preparation import Preparation

SHAPES = [(8, 8), (28, 28), (5, 9), (6, 3), (1, 7)]


def pictures(shape, count=3, seed=0):
    return np.random.default_rng(seed).random((count, *shape))


def flat(found):
    return found.reshape(len(found), -1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("angle", [15, -40, 90, 133.7, 270, 700])
@pytest.mark.parametrize("scale", [1.0, 1.7, 0.6])
def test_turned_and_scaled_as_scipy_does(shape, angle, scale):
    ndimage = pytest.importorskip("scipy.ndimage", reason="needs scipy as an oracle")
    x, centre = pictures(shape), (np.array(shape) - 1) / 2
    turn = np.deg2rad(angle)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) / scale
    ours = moved(flat(x), shape, Move(angle=angle, scale=scale))
    for one, found in zip(x, ours, strict=True):
        wanted = ndimage.affine_transform(
            one, matrix, centre - matrix @ centre, order=1, mode="grid-constant", cval=0, prefilter=False
        )
        np.testing.assert_allclose(found.reshape(shape), wanted, atol=1e-9)


@pytest.mark.parametrize("shift", [(2, 0), (-1, 3), (0.25, -1.5), (100, 0)])
def test_shifted_as_scipy_does(shift):
    ndimage = pytest.importorskip("scipy.ndimage", reason="needs scipy as an oracle")
    x = pictures((8, 6))
    ours = moved(flat(x), (8, 6), Move(right=shift[0], down=shift[1]))
    for one, found in zip(x, ours, strict=True):
        wanted = ndimage.shift(one, shift[::-1], order=1, mode="grid-constant", cval=0, prefilter=False)
        np.testing.assert_allclose(found.reshape(8, 6), wanted, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_quarters_and_whole_pixels_are_exact(dtype):
    x = (pictures((7, 7), 200) * 255).astype(dtype)  # more than go through together
    for quarter in (-2, -1, 0, 1, 2, 3, 4):
        turned = moved(flat(x), (7, 7), Move(angle=90 * quarter))
        np.testing.assert_array_equal(turned.reshape(x.shape), np.rot90(x, quarter, axes=(1, 2)))
    right = moved(flat(x), (7, 7), Move(right=2, down=-1)).reshape(x.shape)
    np.testing.assert_array_equal(right[:, :-1, 2:], x[:, 1:, :-2])
    assert not right[:, -1].any()
    assert not right[:, :, :2].any()


def test_there_and_back():
    x = np.zeros((4, 9, 9))
    x[:, 3:6, 3:6] = pictures((3, 3), 4)
    for move, back in [
        (Move(right=3, down=-3), Move(right=-3, down=3)), (Move(angle=90), Move(angle=-90)), (Move(angle=180),) * 2,
    ]:  # fmt: skip
        there = moved(flat(x), (9, 9), move)
        assert (there != flat(x)).any()
        np.testing.assert_array_equal(moved(there, (9, 9), back), flat(x))
    # In between it is the mean of neighbours that comes back: the same light.
    there = moved(flat(x), (9, 9), Move(angle=15, right=0.5))
    back = moved(moved(there, (9, 9), Move(right=-0.5)), (9, 9), Move(angle=-15))
    np.testing.assert_allclose(back.sum(axis=1), flat(x).sum(axis=1), rtol=0.03)


def test_turned_first_and_then_shifted():
    x = pictures((8, 8), 1)
    both = moved(flat(x), (8, 8), Move(right=1, angle=90))
    np.testing.assert_array_equal(both, moved(moved(flat(x), (8, 8), Move(angle=90)), (8, 8), Move(right=1)))


def test_noise_is_a_share_of_the_range_and_the_same_for_the_same_seed():
    x = np.zeros((500, 64))
    noisy = moved(x, (8, 8), Move(noise=0.1), reach=16)
    assert noisy.std() == pytest.approx(1.6, rel=0.02)
    np.testing.assert_array_equal(noisy, moved(x, (8, 8), Move(noise=0.1), reach=16))
    assert (noisy != moved(x, (8, 8), Move(noise=0.1, seed=1), reach=16)).any()


def test_a_part_is_moved_before_it_is_prepared():
    x = (pictures((4, 4), 6) * 255).astype(np.uint8)
    offset, factor = np.linspace(0, 100, 16), np.linspace(0.1, 1, 16)  # another one for each pixel
    preparation = Preparation(16, (), (4, 4), offset, factor, low=np.zeros(16), high=np.full(16, 255.0))
    part = Part(flat(x), np.arange(3), np.array([5, 0, 2]), offset, factor)
    found = moved_part(part, preparation, Move(right=1))
    wanted = np.zeros((3, 4, 4))
    wanted[:, :, 1:] = x[[5, 0, 2], :, :-1]
    np.testing.assert_allclose(found.x, (flat(wanted) - offset) * factor, rtol=1e-6)
    assert moved_part(part, preparation, REST) is part


def test_what_is_no_picture_is_refused():
    with pytest.raises(DataError, match="the 4 inputs of the network are not pictures"):
        moved_part(Part(np.ones((2, 4)), np.zeros(2)), Preparation(4), Move(angle=15))


def test_a_move_in_words():
    assert REST.words == "as it is"
    assert Move(2, -1, 15, 1.5, 0.1).words == "turned by 15, scaled by 1.5, shifted by 2,-1, noise 0.1"
