import {
    Component,
    onMounted,
    onWillUnmount,
    onWillUpdateProps,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { bounded, clamp, Fingers, fitted, PERMILLE, toPermille, zoomedAt } from "./plan_geometry";

const STEP = 1.4;
const WHOLE = { zoom: 1, x: 0, y: 0 };
/** What an arrow key moves a door by, in thousandths. */
const KEYS = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] };

/** The picture of a plan with its doors: zoomed and moved by fingers, mouse and wheel; doors pressed or dragged. */
export class PlanPicture extends Component {
    static template = "campus_access.PlanPicture";
    static props = {
        plan: Object,
        doors: Array,
        chosen: Number,
        blinks: Object,
        isEditing: Boolean,
        word: Function,
        onPress: Function,
        onPlace: Function,
    };

    setup() {
        this.frame = useRef("frame");
        this.picture = useRef("picture");
        this.step = STEP;
        this.fingers = new Fingers();
        this.held = null;
        this.state = useState({ size: { width: 0, height: 0 }, view: { ...WHOLE }, spot: null });
        this.onResize = () => this.fit();
        onMounted(() => {
            browser.addEventListener("resize", this.onResize);
            this.fit();
        });
        onWillUnmount(() => browser.removeEventListener("resize", this.onResize));
        onWillUpdateProps(({ plan }) => {
            if (plan.id !== this.props.plan.id) {
                this.state.view = { ...WHOLE };
            }
        });
    }

    /** The doors; the one that is being dragged where it is now. */
    get doors() {
        const { spot } = this.state;
        return this.props.doors.map((door) =>
            spot && door.id === spot.door ? { ...door, x: spot.x, y: spot.y } : door
        );
    }

    fit() {
        const [frame, picture] = [this.frame.el, this.picture.el];
        if (frame && picture && picture.naturalWidth) {
            const natural = { width: picture.naturalWidth, height: picture.naturalHeight };
            this.state.size = fitted(natural, this.room);
            this.look(this.state.view);
        }
    }

    get room() {
        return { width: this.frame.el.clientWidth, height: this.frame.el.clientHeight };
    }

    look(view) {
        this.state.view = bounded(view, this.state.size, this.room);
    }

    zoom(factor, point) {
        const { width, height } = this.room;
        const at = point || { x: width / 2, y: height / 2 };
        this.look(zoomedAt(this.state.view, factor, at));
    }

    whole() {
        this.look({ ...WHOLE });
    }

    get stageStyle() {
        const { size, view } = this.state;
        return (
            `width: ${size.width}px; height: ${size.height}px;` +
            ` transform: translate(${view.x}px, ${view.y}px) scale(${view.zoom});` +
            ` --zoom: ${view.zoom}; visibility: ${size.width ? "visible" : "hidden"};`
        );
    }

    /** A point of the frame. */
    at(event) {
        const box = this.frame.el.getBoundingClientRect();
        return { x: event.clientX - box.left, y: event.clientY - box.top };
    }

    onWheel(event) {
        this.zoom(event.deltaY < 0 ? STEP : 1 / STEP, this.at(event));
    }

    onDown(event) {
        if (event.button) {
            return;
        }
        this.fingers.down(event.pointerId, this.at(event));
        const door = Number(event.target.closest("[data-door]")?.dataset.door || 0);
        this.held = door ? { door } : null;
        this.frame.el.setPointerCapture(event.pointerId);
    }

    onMove(event) {
        const moved = this.fingers.move(event.pointerId, this.at(event));
        if (!moved) {
            return;
        }
        if (this.held && this.props.isEditing && this.fingers.most === 1) {
            if (this.fingers.hasMoved) {
                this.state.spot = { door: this.held.door, ...this.permille(event) };
            }
            return;
        }
        const view = this.state.view;
        const shifted = { ...view, x: view.x + moved.dx, y: view.y + moved.dy };
        this.look(zoomedAt(shifted, moved.factor, moved.center));
    }

    onUp(event) {
        const { held } = this;
        const { spot } = this.state;
        const hasPressed = this.fingers.up(event.pointerId);
        this.letGo();
        if (spot) {
            this.props.onPlace(spot.door, { x: spot.x, y: spot.y });
        } else if (hasPressed) {
            this.props.onPress(held ? held.door : 0);
        }
    }

    onCancel(event) {
        this.fingers.up(event.pointerId);
        this.letGo();
    }

    letGo() {
        this.held = null;
        this.state.spot = null;
    }

    permille(event) {
        const box = this.picture.el.getBoundingClientRect();
        return toPermille({ x: event.clientX, y: event.clientY }, box);
    }

    /** Keys press and move a door; pointers are heard by the frame. */
    onKey(event, door) {
        const step = KEYS[event.key];
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            this.props.onPress(door.id);
        } else if (this.props.isEditing && step) {
            event.preventDefault();
            this.props.onPlace(door.id, {
                x: clamp(door.x + step[0], 0, PERMILLE),
                y: clamp(door.y + step[1], 0, PERMILLE),
            });
        }
    }
}
