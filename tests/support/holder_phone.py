"""A holder's phone in a test: the page in Chromium, and what a scanner or a camera sees of it."""

from PIL import Image

from support.portal import code_of_later_step, read_codes

SCREEN = {"width": 360, "height": 780}
#: What a camera gives: Chromium plays it in a loop.
VIDEO = {"width": 640, "height": 480, "code": 420, "frames": 20}
# The page's own key signs the step; nothing of it leaves the browser.
CODE_OF_STEP = """
async ([code, store, off]) => {
    const [{ codeText, stepOf }, { load }] = await Promise.all([import(code), import(store)]);
    const phone = await load(document.querySelector("#code").dataset.holder);
    return codeText(phone, stepOf(Date.now() + phone.aheadMs) + off);
}
"""


class HolderPhone:
    """The portal on a phone of ``holder``, as ``portal.new_holders`` gives them."""

    def __init__(self, visitor, holder):
        self.visitor, self.page, self.holder = visitor, visitor.page, holder
        self.page.set_viewport_size(SCREEN)
        visitor.login(holder["login"], page="/my/card")

    def enrol(self):
        """Make this phone the holder's card."""
        self.page.get_by_role("button", name="Use this phone as my card").click()
        self.page.wait_for_selector("#code[data-shown=ready] svg path[d^=M]")
        return self

    def code(self):
        """The code on the screen, as a scanner reads it."""
        picture = self.visitor.shot("till phone")
        codes = read_codes(picture)
        assert codes, f"no code can be read in {picture}"
        return codes[0]

    def next_code(self, used):
        """The first code on the screen of a step after that of ``used``."""
        return code_of_later_step(self.page, used, self.code)

    def code_of_step(self, off):
        """The code that this phone showed, or would show, ``off`` steps from now."""
        base = self.page.locator("script[type=module]").first.get_attribute("src").rpartition("/")[0]
        return self.page.evaluate(CODE_OF_STEP, [f"{base}/code.js", f"{base}/store.js", off])

    def new_emergency_code(self):
        """A new emergency code, read off the page."""
        self.page.goto("/my/card/emergency")
        self.page.locator("main form button").click()
        return self.page.locator(".figures").inner_text().strip()

    def film(self, path):
        """What a camera before the screen films, as a file for Chromium's fake camera."""
        screen = Image.open(self.visitor.shot("till camera")).convert("RGB")
        # the code fills the middle of the picture
        box, edge = self.page.locator("#code button.qr svg").bounding_box(), 12
        left, top = int(box["x"]) - edge, int(box["y"]) - edge
        part = screen.crop(
            (left, top, left + int(box["width"]) + 2 * edge, top + int(box["height"]) + 2 * edge)
        )
        part = part.resize((VIDEO["code"], VIDEO["code"]))
        frame = Image.new("RGB", (VIDEO["width"], VIDEO["height"]), "white")
        frame.paste(part, ((frame.width - part.width) // 2, (frame.height - part.height) // 2))
        write_video(path, frame)


def write_video(path, picture):
    """A still film of ``picture`` as YUV4MPEG2."""
    light, blue, red = picture.convert("YCbCr").split()
    half = (picture.width // 2, picture.height // 2)
    planes = b"".join(plane.tobytes() for plane in (light, blue.resize(half), red.resize(half)))
    head = f"YUV4MPEG2 W{picture.width} H{picture.height} F20:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + planes) * VIDEO["frames"])
