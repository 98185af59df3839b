/* The editor's mark for a passage in another language (A7): <span lang="fr">. A button and Ctrl+Alt+L open the list. */
import { Mark, updateAttrsDialog } from "django-prose-editor/editor";

const CODE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

export const ForeignPassage = Mark.create({
  name: "foreignPassage",
  priority: 110,

  addOptions() {
    return { languages: [], title: "Language", none: "–", button: "Language", submit: "OK" };
  },

  addAttributes() {
    return {
      lang: {
        default: null,
        parseHTML: (element) => element.getAttribute("lang"),
        renderHTML: ({ lang }) => (lang ? { lang } : {}),
      },
    };
  },

  parseHTML() {
    return [{ tag: "span[lang]", getAttrs: (element) => (CODE.test(element.getAttribute("lang")) ? {} : false) }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["span", HTMLAttributes, 0];
  },

  addCommands() {
    return {
      chooseLanguage:
        () =>
        ({ editor }) => {
          const marked = editor.isActive(this.name);
          if (editor.state.selection.empty && !marked) return false;
          const { languages, none, title, submit } = this.options;
          const now = editor.getAttributes(this.name).lang;
          const known = now && !languages.some(([code]) => code === now) ? [...languages, [now, now]] : languages;
          const names = [none, ...known.map(([, name]) => name)];
          const chosen = (known.find(([code]) => code === now) || [null, none])[1];
          const ask = updateAttrsDialog({ lang: { title, enum: names } }, { title, submitText: submit });
          ask(editor, { lang: chosen }).then((answer) => {
            const chain = editor.chain().focus();
            if (!answer) { chain.run(); return; }
            if (editor.state.selection.empty) chain.extendMarkRange(this.name);
            const found = known.find(([, name]) => name === answer.lang);
            (found ? chain.setMark(this.name, { lang: found[0] }) : chain.unsetMark(this.name)).run();
          });
          return true;
        },
    };
  },

  addKeyboardShortcuts() {
    return { "Mod-Alt-l": ({ editor }) => editor.commands.chooseLanguage() };
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: this.name,
      groups: "link",
      button: buttons.material("translate", this.options.button),
      enabled: (editor) => !editor.state.selection.empty || editor.isActive("foreignPassage"),
      active: (editor) => editor.isActive("foreignPassage"),
      command: (editor) => editor.commands.chooseLanguage(),
    });
  },
});
