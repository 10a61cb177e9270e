using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Ten first templates for a task that has no description yet. They refer to the columns by name and differ in form (question, order, gap, dialogue,
/// form to fill in, text first or last), so the author only has to adapt the wording to the subject.</summary>
internal static class DraftTemplates
{
    private static readonly (string Id, string Input)[] OfLabels =
    [
        ("which-one", "ENTRY\n\nWhat is the right WHAT here?\n\n{{ options_block }}"),
        ("pick-for-following", "Here is one more to sort:\n\nENTRY\n\nChoose from this list and write nothing else.\n{{ options_block }}"),
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
        ("dialogue", "A: Here is what I have.\nENTRY\nA: Which WHAT belongs to it?\nB: I would say:"),
        ("job", "Your job: one record comes in, one WHAT goes out. The next record is here.\n\nENTRY"),
        ("field", "Complete this form.\n\nENTRY\nWHAT: ___"),
        ("asked-for", "Suppose that somebody shows you the lines below and asks for the WHAT. How do you reply?\n\nENTRY"),
        ("two-halves", "Two halves make one whole here. You see the first half:\n\nENTRY\n\nThe second half is the WHAT. Put it down."),
        ("restore", "The WHAT got lost on the way, everything else arrived. Restore it.\n\nENTRY"),
    ];

    /// <summary>The derived field that shows all columns, if there are several.</summary>
    public const string EntryField = "entry";

    /// <summary>The derived field that prints a conversation.</summary>
    public const string DialogueField = "dialogue";

    public static IReadOnlyList<(string Id, string Input)> Of(DraftShape shape, ColumnRoles roles)
    {
        var parts = Parts(roles);
        var entry = parts.Count == 1 ? $"{{{{ {parts[0].Expression} }}}}" : $"{{{{ {EntryField} }}}}";
        var what = Words(roles.Word);
        var forms = shape switch { DraftShape.Labels => OfLabels, DraftShape.Choices => OfChoices, _ => OfText };
        return [.. forms.Select(form => (form.Id, form.Input.Replace("WHAT", what, StringComparison.Ordinal).Replace("ENTRY", entry, StringComparison.Ordinal)))];
    }

    /// <summary>The expression of <see cref="EntryField"/>: every column on its own line after its name; null if a single one is shown.</summary>
    public static string? Entry(ColumnRoles roles)
    {
        var parts = Parts(roles);
        return parts.Count == 1 ? null : string.Join(" ~ ", parts.Select((part, i) => $"'{(i == 0 ? string.Empty : "\\n")}{Label(part.Word)}: ' ~ ({part.Expression})").Select(Bare));
    }

    /// <summary>The conversation that <see cref="DialogueField"/> prints; null for none.</summary>
    public static ColumnProfile? Dialogue(ColumnRoles roles) => roles.Inputs.FirstOrDefault(column => column.Shape.Kind == ShapeKind.Messages);

    private static List<(string Word, string Expression)> Parts(ColumnRoles roles)
    {
        List<(string, string)> parts = [];
        var dialogue = Dialogue(roles);
        foreach (var column in roles.Inputs)
        {
            if (column.Shape.Kind != ShapeKind.Messages) parts.Add((column.Source, Shown(column)));
            else if (ReferenceEquals(column, dialogue)) parts.Add((column.Source, DialogueField));
        }

        if (roles.FirstRecord is { } first) parts.Add((first.Word, $"{first.Expression} or '-'"));

        return parts;
    }

    private static string Shown(ColumnProfile column) => column switch
    {
        { Shape.Kind: ShapeKind.Message } => ChatText.Of(column.Shape, column.Name),
        { Shape.Kind: ShapeKind.ChoiceList } => $"{column.Name} | map(attribute='text') | join(', ')",
        { Type: ColumnType.List, Nullable: true } => $"({column.Name} or []) | join(', ')",
        { Type: ColumnType.List } => $"{column.Name} | join(', ')",
        { Nullable: true } => $"{column.Name} or '-'",
        _ => column.Name,
    };

    private static string Label(string name) => Words(name, isShort: false);

    // A plain name needs no brackets.
    private static string Bare(string part) => part.EndsWith(')') && part.LastIndexOf(" ~ (", StringComparison.Ordinal) is >= 0 and var at && part[(at + 4)..^1].All(letter => char.IsLetterOrDigit(letter) || letter == '_')
        ? part[..(at + 3)] + part[(at + 4)..^1]
        : part;

    // A column's name as words: blanks for punctuation, words split where case changes, nothing that the template language would interpret.
    private static string Words(string name, bool isShort = true)
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

        // A whole sentence as a name, as in questionnaires, would make all templates alike.
        return text.Length > 0 && (!isShort || text.Count(letter => letter == ' ') < 4) ? text : "answer";
    }
}
