using System.Text;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>
/// Ten first templates for a task that nobody has described yet. They speak of the columns by name and differ in form (question, order, gap,
/// dialogue, form to fill in, text first or last), so that the author only has to make them speak of the matter.
/// </summary>
internal static class DraftTemplates
{
    private static readonly (string Id, string Input)[] OfLabels =
    [
        ("which-one", "ENTRY\n\nWhat is the right WHAT here?\n\n{{ options_block }}"),
        ("pick-for-following", "Pick the right WHAT for what follows.\n\nENTRY\n\n{{ options_block }}"),
        ("gap", "ENTRY\n\nWHAT: ___\n\nWhat belongs into the gap: {{ options | join(\", \") }}?"),
        ("dialogue", "A: I have to sort this.\nENTRY\nA: My drawers are called {{ options | join(\" and \") }}.\nB: Then put it under"),
        ("list-first", "{{ options_block }}\n\nOnly one of these describes the next lines. Say which.\n\nENTRY"),
        ("terse", "ENTRY\nWHAT?\n{{ options_block }}"),
        ("annotator", "You annotate data. For every record you note its WHAT and nothing else; allowed are {{ options | join(\" / \") }}.\n\nRecord:\nENTRY\n\nYour note:"),
        ("count", "There are {{ options | length }} possible answers here, and a single one is correct.\n\nENTRY\n\n{{ options_block }}"),
        ("forgotten", "Somebody filed the record below but forgot to fill in its WHAT. Please supply it.\n\nENTRY\n\n{{ options_block }}"),
        ("exam", "Exam task. Read carefully:\n\nENTRY\n\nThen decide between {{ options | join(\" or \") }}."),
    ];

    private static readonly (string Id, string Input)[] OfChoices =
    [
        ("which-one", "ENTRY\n\nWhich of these is right?\n\n{{ options_block }}"),
        ("pick-for-following", "Pick the answer that goes with what follows.\n\nENTRY\n\n{{ options_block }}"),
        ("options-inline", "ENTRY\n\nThe candidates are {{ options | join(\"; \") }}. Name the correct candidate."),
        ("dialogue", "A: Can you help me with this?\nENTRY\nA: I can choose from the following.\n{{ options_block }}\nB: Take"),
        ("list-first", "{{ options_block }}\n\nExactly one item of this list answers the next lines. Say which.\n\nENTRY"),
        ("terse", "ENTRY\n{{ options_block }}"),
        ("quiz", "Welcome to the quiz! Here is your next task:\n\nENTRY\n\nYour possible answers:\n{{ options_block }}"),
        ("count", "You get {{ options | length }} suggestions, a single one of them good.\n\nENTRY\n\n{{ options_block }}"),
        ("rule-out", "Rule out what cannot be true and write down what remains.\n\nENTRY\n\n{{ options_block }}"),
        ("exam", "Exam task. Read carefully:\n\nENTRY\n\nThen copy the right line from below.\n\n{{ options_block }}"),
    ];

    private static readonly (string Id, string Input)[] OfText =
    [
        ("write-it", "ENTRY\n\nWrite the WHAT for this."),
        ("what-belongs", "What WHAT belongs to the following?\n\nENTRY"),
        ("read-then-give", "Read the record, then give its WHAT.\n\nENTRY\n\nWHAT:"),
        ("goes-with", "ENTRY\n\nThis goes together with the WHAT that comes now:"),
        ("dialogue", "A: Here is what I have.\nENTRY\nA: Can you think of a WHAT?\nB: How about this:"),
        ("job", "Your job: one record comes in, one WHAT goes out. The next record is here.\n\nENTRY"),
        ("field", "Complete this form.\n\nENTRY\nWHAT: ___"),
        ("asked-for", "Suppose that somebody shows you the lines below and asks for the WHAT. How do you reply?\n\nENTRY"),
        ("arrow", "ENTRY\n=> WHAT"),
        ("restore", "The WHAT got lost on the way, everything else arrived. Restore it.\n\nENTRY"),
    ];

    /// <summary>The derived field that shows all columns, where there are several.</summary>
    public const string EntryField = "entry";

    /// <summary>The templates of a shape.</summary>
    /// <param name="shape">What is asked.</param>
    /// <param name="inputs">The columns that the input shows.</param>
    /// <param name="answer">The answer's column.</param>
    public static IReadOnlyList<(string Id, string Input)> Of(DraftShape shape, IReadOnlyList<ColumnProfile> inputs, ColumnProfile answer)
    {
        var entry = inputs.Count == 1 ? Placeholder(inputs[0]) : $"{{{{ {EntryField} }}}}";
        var what = Words(answer.Source);
        var forms = shape switch { DraftShape.Labels => OfLabels, DraftShape.Choices => OfChoices, _ => OfText };
        return [.. forms.Select(form => (form.Id, form.Input.Replace("WHAT", what, StringComparison.Ordinal).Replace("ENTRY", entry, StringComparison.Ordinal)))];
    }

    /// <summary>The expression of <see cref="EntryField"/>: every column on a line of its own, its name before it.</summary>
    public static string Entry(IReadOnlyList<ColumnProfile> inputs) =>
        string.Join(" ~ ", inputs.Select((column, i) => $"'{(i == 0 ? string.Empty : "\\n")}{Words(column.Source)}: ' ~ {Shown(column)}"));

    private static string Placeholder(ColumnProfile column) => $"{{{{ {Shown(column).Trim('(', ')')} }}}}";

    private static string Shown(ColumnProfile column) => column switch
    {
        { Type: ColumnType.List, HoldsTexts: true } => $"({column.Name} | join(', '))",
        { Nullable: true } => $"({column.Name} or '-')",
        _ => column.Name,
    };

    // A column's name as a reader says it: blanks for signs, words apart where case changes, nothing that the template language would read.
    private static string Words(string name)
    {
        var words = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsLetterOrDigit(name[i]))
            {
                words.Append(words.Length > 0 && words[^1] != ' ' ? " " : string.Empty);
                continue;
            }

            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1])) words.Append(' ');

            words.Append(char.ToLowerInvariant(name[i]));
        }

        var text = words.ToString().TrimEnd();
        return text.Length > 0 ? text : "answer";
    }
}
