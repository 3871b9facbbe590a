"""A code as a picture: drawn, read back by a real scanner, believed."""

import subprocess

import pytest
import qrcode
from phone import NOW_MS, RING, Phone
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

from campus_core.credentials import credential, qr_code

PHONE_SCREEN_MODULES_MAX = 65


@pytest.mark.parametrize("correction", [ERROR_CORRECT_L, ERROR_CORRECT_M])
@pytest.mark.parametrize("pixels", [3, 6])
def test_a_drawn_code_is_read_back_and_believed(tmp_path, correction, pixels):
    text = Phone().code()
    drawing = qrcode.QRCode(error_correction=correction, box_size=pixels)
    drawing.add_data(text)
    drawing.make(fit=True)
    assert drawing.modules_count <= PHONE_SCREEN_MODULES_MAX
    picture = tmp_path / "code.png"
    drawing.make_image().save(picture)
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    scanned = credential.parse(done.stdout)
    assert scanned.text == f"qr:{text}"
    assert qr_code.verify(scanned.text.removeprefix("qr:"), RING, NOW_MS, (), qr_code.UsedSteps())
