namespace InstructKit.Authoring.Importing.Python;

/// <summary>What is known about a value's type without a row.</summary>
internal enum PythonKind
{
    Unknown,
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Mapping,
    None,
}

/// <summary>The meaning of a Python expression: its value if known without a row, otherwise an expression of the template language.</summary>
internal abstract record PythonMeaning
{
    /// <summary>A value: string, long, double, bool or null.</summary>
    public sealed record Constant(object? Value) : PythonMeaning;

    /// <summary>An expression of the template language.</summary>
    /// <param name="Text">Its text; columns are between <see cref="PythonCode.ColumnStart"/> and <see cref="PythonCode.ColumnEnd"/>.</param>
    /// <param name="Level">Precedence of its outermost operator.</param>
    /// <param name="Kind">Type of its value.</param>
    public sealed record Code(string Text, int Level, PythonKind Kind) : PythonMeaning;

    /// <summary>A text made of pieces. Those that are not printed must be texts, as with Python's <c>+</c>.</summary>
    public sealed record Joined(IReadOnlyList<(PythonMeaning Value, bool IsPrinted)> Pieces) : PythonMeaning;

    /// <summary>A list or tuple whose length is known.</summary>
    public sealed record Sequence(IReadOnlyList<PythonMeaning> Items) : PythonMeaning
    {
        public bool IsTuple { get; init; }
    }

    /// <summary>A dictionary whose keys are known.</summary>
    public sealed record Table(IReadOnlyList<(PythonMeaning Key, PythonMeaning Value)> Entries) : PythonMeaning
    {
        /// <summary>The value under a key; null if there is none.</summary>
        public PythonMeaning? Find(PythonMeaning key) => Entries.FirstOrDefault(entry => PythonCode.AreSame(entry.Key, key)).Value;
    }

    /// <summary>A row: the file's columns, and those set by the function.</summary>
    public sealed record Document(IReadOnlyDictionary<string, PythonMeaning> Made) : PythonMeaning;

    /// <summary>The rows of a dataset: each row's value, and the conditions under which they are kept.</summary>
    public sealed record Rows(Document Row, IReadOnlyList<PythonMeaning> Conditions) : PythonMeaning;

    /// <summary>A function of the file with its bound arguments.</summary>
    public sealed record Function(
        string Name,
        IReadOnlyList<PythonParameter> Parameters,
        IReadOnlyList<PythonStatement> Body,
        PythonScope Scope,
        IReadOnlyList<PythonMeaning> Arguments,
        IReadOnlyDictionary<string, PythonMeaning> Keywords) : PythonMeaning;

    /// <summary>A function, type or module that the file does not define.</summary>
    public sealed record Native(string Name) : PythonMeaning;

    /// <summary>The items of something with their numbers.</summary>
    public sealed record Numbered(PythonMeaning Items, long Start) : PythonMeaning;

    /// <summary>A name whose value is not known, and why.</summary>
    public sealed record Lost(Diagnostic Why) : PythonMeaning;
}

/// <summary>The names of a function or file.</summary>
/// <param name="outer">The enclosing names.</param>
internal sealed class PythonScope(PythonScope? outer)
{
    public Dictionary<string, PythonMeaning> Own { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The meaning of a name; null if unset.</summary>
    public PythonMeaning? Find(string name) => Own.TryGetValue(name, out var own) ? own : outer?.Find(name);
}

/// <summary>Writes meanings as expressions of the template language.</summary>
internal static class PythonCode
{
    public const char ColumnStart = '\u0001';
    public const char ColumnEnd = '\u0002';

    /// <summary>Separates a column's name from its value where the file has no such column.</summary>
    public const char Otherwise = '\u0003';

    /// <summary>Follows the name of a column that is only tested for existence.</summary>
    public const char IsThere = '\u0004';

    // Operator precedence in the template language, weakest first.
    public const int Choice = 0;
    public const int Or = 1;
    public const int And = 2;
    public const int Not = 3;
    public const int Compare = 4;
    public const int Add = 5;
    public const int Concat = 6;
    public const int Multiply = 7;
    public const int Sign = 8;
    public const int Power = 9;
    public const int Filtered = 10;
    public const int Primary = 11;

    /// <summary>A column of the row.</summary>
    public static PythonMeaning.Code Column(string name) => new($"{ColumnStart}{name}{ColumnEnd}", Primary, PythonKind.Unknown);

    /// <summary>Type of a meaning.</summary>
    public static PythonKind KindOf(PythonMeaning meaning) => meaning switch
    {
        PythonMeaning.Constant constant => constant.Value switch
        {
            string => PythonKind.Text,
            long => PythonKind.Integer,
            double => PythonKind.Number,
            bool => PythonKind.Boolean,
            _ => PythonKind.None,
        },
        PythonMeaning.Code code => code.Kind,
        PythonMeaning.Joined => PythonKind.Text,
        PythonMeaning.Sequence => PythonKind.List,
        PythonMeaning.Table or PythonMeaning.Document => PythonKind.Mapping,
        _ => PythonKind.Unknown,
    };

    /// <summary>The common type of several meanings; unknown if they differ.</summary>
    public static PythonKind CommonKind(IEnumerable<PythonMeaning> meanings) => meanings.Select(KindOf).Distinct().ToList() is [var only] ? only : PythonKind.Unknown;

    /// <summary>An expression usable as an operand at a level; null if there is none.</summary>
    public static string? TryText(PythonMeaning meaning, int level)
    {
        if (TryCode(meaning) is not { } code) return null;

        return code.Level < level ? $"({code.Text})" : code.Text;
    }

    /// <summary>The expression of a meaning; null for what cannot be an expression: functions, rows, datasets.</summary>
    public static PythonMeaning.Code? TryCode(PythonMeaning meaning)
    {
        switch (meaning)
        {
            case PythonMeaning.Code code:
                return code;
            case PythonMeaning.Constant constant:
                return new PythonMeaning.Code(Literal(constant.Value), constant.Value is long and < 0 or double and < 0 ? Sign : Primary, KindOf(constant));
            case PythonMeaning.Sequence sequence:
                return sequence.IsTuple
                    ? List(sequence.Items.Select(item => TryText(item, Choice)), "(", sequence.Items.Count == 1 ? ",)" : ")", PythonKind.List)
                    : List(sequence.Items.Select(item => TryText(item, Choice)), "[", "]", PythonKind.List);
            case PythonMeaning.Table table:
                return List(
                    table.Entries.Select(entry => TryText(entry.Key, Choice) is { } key && TryText(entry.Value, Choice) is { } value ? $"{key}: {value}" : null), "{", "}", PythonKind.Mapping);
            case PythonMeaning.Joined joined:
                return Join(joined);
            default:
                return null;
        }
    }

    /// <summary>Length of the part of an expression that depends on the row.</summary>
    public static int WeightOf(PythonMeaning meaning) => meaning switch
    {
        PythonMeaning.Code code => code.Text.Length,
        PythonMeaning.Joined joined => joined.Pieces.Sum(piece => WeightOf(piece.Value)),
        PythonMeaning.Sequence sequence => sequence.Items.Sum(WeightOf),
        PythonMeaning.Table table => table.Entries.Sum(entry => WeightOf(entry.Value)),
        _ => 0,
    };

    /// <summary>True when two meanings are the same expression.</summary>
    public static bool AreSame(PythonMeaning left, PythonMeaning right) =>
        ReferenceEquals(left, right) || (TryCode(left) is { } one && TryCode(right) is { } other && one.Text == other.Text);

    /// <summary>Whether a meaning counts as true; null if that depends on the row.</summary>
    public static bool? Truth(PythonMeaning meaning) => meaning switch
    {
        PythonMeaning.Constant { Value: var value } => value switch { null => false, bool truth => truth, string text => text.Length > 0, long number => number != 0, double number => number != 0, _ => null },
        PythonMeaning.Sequence sequence => sequence.Items.Count > 0,
        PythonMeaning.Table table => table.Entries.Count > 0,
        PythonMeaning.Joined joined when joined.Pieces.Any(piece => piece.Value is PythonMeaning.Constant { Value: string { Length: > 0 } }) => true,
        PythonMeaning.Document or PythonMeaning.Function => true,
        _ => null,
    };

    /// <summary>One of two meanings, by a condition.</summary>
    public static PythonMeaning? Choose(PythonMeaning condition, PythonMeaning then, PythonMeaning otherwise)
    {
        if (Truth(condition) is { } truth) return truth ? then : otherwise;

        if (AreSame(then, otherwise)) return then;

        if ((then, otherwise) is (PythonMeaning.Constant { Value: bool isTrue }, PythonMeaning.Constant { Value: bool }) && (!isTrue || KindOf(condition) == PythonKind.Boolean))
            return isTrue ? condition : TryText(condition, Not) is { } negated ? new PythonMeaning.Code($"not {negated}", Not, PythonKind.Boolean) : null;

        switch (then, otherwise)
        {
            case (PythonMeaning.Document a, PythonMeaning.Document b):
                return ChooseKeys(condition, a, b, [.. a.Made.Keys.Union(b.Made.Keys, StringComparer.Ordinal)]);
            case (PythonMeaning.Table a, PythonMeaning.Table b) when a.Entries.Select(entry => TryText(entry.Key, 0)).SequenceEqual(b.Entries.Select(entry => TryText(entry.Key, 0))):
                var values = a.Entries.Zip(b.Entries).Select(pair => Choose(condition, pair.First.Value, pair.Second.Value)).ToList();
                return values.Contains(null) ? null : new PythonMeaning.Table([.. a.Entries.Zip(values).Select(pair => (pair.First.Key, pair.Second!))]);
        }

        return TryText(condition, Or) is { } test && TryText(then, Or) is { } yes && TryText(otherwise, Choice) is { } no
            ? new PythonMeaning.Code($"{yes} if {test} else {no}", Choice, CommonKind([then, otherwise]))
            : null;
    }

    /// <summary>A value as a literal of the template language.</summary>
    public static string Literal(object? value) => value switch
    {
        null => "none",
        bool truth => truth ? "true" : "false",
        string text => JinjaLiteral.Quoted(text),
        double number => number.ToString("R", CultureInfo.InvariantCulture) is var digits && digits.Any(letter => letter != '-' && !char.IsAsciiDigit(letter)) ? digits : $"{digits}.0",
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };

    private static PythonMeaning.Document? ChooseKeys(PythonMeaning condition, PythonMeaning.Document then, PythonMeaning.Document otherwise, IReadOnlyList<string> keys)
    {
        Dictionary<string, PythonMeaning> made = new(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (Choose(condition, then.Made.GetValueOrDefault(key, Column(key)), otherwise.Made.GetValueOrDefault(key, Column(key))) is not { } one) return null;

            made[key] = one;
        }

        return new PythonMeaning.Document(made);
    }

    private static PythonMeaning.Code? List(IEnumerable<string?> items, string open, string close, PythonKind kind)
    {
        var texts = items.ToList();
        return texts.Contains(null) ? null : new PythonMeaning.Code($"{open}{string.Join(", ", texts)}{close}", Primary, kind);
    }

    // + requires texts and ~ prints; where one text needs both, a piece that must be a text is concatenated with an empty one.
    private static PythonMeaning.Code? Join(PythonMeaning.Joined joined)
    {
        var isStrict = joined.Pieces.All(piece => !piece.IsPrinted || KindOf(piece.Value) == PythonKind.Text);
        List<string> texts = [];
        foreach (var (value, isPrinted) in joined.Pieces)
        {
            if ((isStrict ? TryText(value, Concat) : Piece(value, isPrinted)) is not { } text) return null;

            texts.Add(text);
        }

        return texts switch
        {
            [] => new PythonMeaning.Code("''", Primary, PythonKind.Text),
            [var one] when isStrict && KindOf(joined.Pieces[0].Value) != PythonKind.Text => new PythonMeaning.Code($"{one} + ''", Add, PythonKind.Text),
            [var one] when isStrict => new PythonMeaning.Code(one, joined.Pieces[0].Value is PythonMeaning.Code code ? Math.Min(code.Level, Concat) : Concat, PythonKind.Text),
            [var one] => new PythonMeaning.Code($"{one} ~ ''", Concat, PythonKind.Text),
            _ => new PythonMeaning.Code(string.Join(isStrict ? " + " : " ~ ", texts), isStrict ? Add : Concat, PythonKind.Text),
        };
    }

    /// <summary>One piece of a text as an operand of <c>~</c>.</summary>
    public static string? Piece(PythonMeaning value, bool isPrinted) =>
        isPrinted || KindOf(value) == PythonKind.Text ? TryText(value, Multiply) : TryText(value, Concat) is { } text ? $"({text} + '')" : null;
}

/// <summary>Writes a translation as a template.</summary>
internal static class PythonTemplate
{
    /// <summary>A template that prints a value after the statements that it needs.</summary>
    public static string Write(IReadOnlyList<string> statements, PythonMeaning value)
    {
        var template = new StringBuilder();
        foreach (var statement in statements) template.Append(statement).Append('\n');

        IReadOnlyList<(PythonMeaning Value, bool IsPrinted)> pieces = value is PythonMeaning.Joined joined ? joined.Pieces : [(value, true)];
        for (var i = 0; i < pieces.Count; i++)
        {
            var (piece, isPrinted) = pieces[i];
            if (piece is PythonMeaning.Constant { Value: string text })
            {
                // A statement trims the white space after it, and the last line end of a file may be dropped.
                var isAtEdge = (i == 0 && statements.Count > 0 && text.Length > 0 && char.IsWhiteSpace(text[0])) || (i == pieces.Count - 1 && text.EndsWith('\n'));
                template.Append(isAtEdge ? $"{{{{ {JinjaLiteral.Quoted(text)} }}}}" : JinjaLiteral.Of(text));
                continue;
            }

            var isText = isPrinted || PythonCode.KindOf(piece) == PythonKind.Text;
            var code = isText ? PythonCode.TryText(piece, PythonCode.Choice) : PythonCode.TryText(piece, PythonCode.Concat) is { } own ? $"{own} + ''" : null;
            template.Append("{{ ").Append(code ?? "''").Append(" }}");
        }

        return template.ToString();
    }
}
