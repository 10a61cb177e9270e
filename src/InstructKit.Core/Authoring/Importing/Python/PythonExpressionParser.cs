namespace InstructKit.Authoring.Importing.Python;

/// <summary>Parses Python expressions from tokens; unsupported syntax is an error at its position.</summary>
/// <param name="source">The text of the tokens.</param>
internal class PythonExpressionParser(SourceText source) : PythonTokenReader(source)
{
    private const int MaxDepth = 64;

    private static readonly string[][] Levels = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"]];

    /// <summary>An expression, or several with commas, which are a tuple.</summary>
    /// <exception cref="DiagnosticException">There is none (IK9001).</exception>
    public PythonExpression ReadExpressions()
    {
        var start = At;
        var first = ReadStarred();
        if (!IsOperator(",")) return first;

        List<PythonExpression> items = [first];
        while (Take(","))
        {
            if (EndsExpressions()) break;

            items.Add(ReadStarred());
        }

        return new PythonExpression.Display('(', items, SpanFrom(start));
    }

    /// <summary>One expression.</summary>
    /// <exception cref="DiagnosticException">There is none, or it is nested too deeply (IK9001).</exception>
    public PythonExpression ReadExpression()
    {
        if (++Depth > MaxDepth) throw Error(string.Create(CultureInfo.InvariantCulture, $"Nested deeper than {MaxDepth} levels"), Peek.Span);

        var start = At;
        var value = IsName("lambda") ? ReadLambda() : ReadOr();
        if (TakeName("if"))
        {
            var test = ReadOr();
            if (!TakeName("else")) throw Expected("'else'");

            value = new PythonExpression.Conditional(test, value, ReadExpression(), SpanFrom(start));
        }

        Depth--;
        return value;
    }

    /// <summary>The targets of a loop: names, perhaps between parentheses.</summary>
    protected PythonExpression ReadTargets()
    {
        var start = At;
        List<PythonExpression> items = [];
        do
        {
            if (IsName("in")) break;

            var at = At;
            items.Add(Take("*") ? new PythonExpression.Starred(ReadBinary(0), SpanFrom(at)) : ReadBinary(0));
        }
        while (Take(","));
        return items is [var one] && Preceding.Text != "," ? one : new PythonExpression.Display('(', items, SpanFrom(start));
    }

    protected IReadOnlyList<PythonParameter> ReadParameters(string end)
    {
        List<PythonParameter> parameters = [];
        while (!IsOperator(end))
        {
            var star = Take("**") ? "**" : Take("*") ? "*" : Take("/") ? "/" : string.Empty;
            var name = Peek.Kind == PythonTokenKind.Name ? Next().Text : string.Empty;
            if (star.Length == 0 && name.Length == 0) throw Expected("a parameter");

            if (end == ")" && Take(":")) ReadExpression();

            parameters.Add(new PythonParameter(star + name, Take("=") ? ReadExpression() : null));
            if (!Take(",")) break;
        }

        return parameters;
    }

    private bool EndsExpressions() => Peek.Kind is PythonTokenKind.NewLine or PythonTokenKind.End || (Peek.Kind == PythonTokenKind.Operator && Peek.Text is "=" or ")" or "]" or "}" or ":" or ";");

    private PythonExpression ReadStarred()
    {
        var start = At;
        return Take("*") ? new PythonExpression.Starred(ReadBinary(0), SpanFrom(start)) : ReadExpression();
    }

    private PythonExpression.Lambda ReadLambda()
    {
        var start = At++;
        var parameters = ReadParameters(":");
        Require(":");
        return new PythonExpression.Lambda(parameters, ReadExpression(), SpanFrom(start));
    }

    private PythonExpression ReadOr() => ReadWords("or", () => ReadWords("and", ReadNot));

    private PythonExpression ReadWords(string word, Func<PythonExpression> read)
    {
        var start = At;
        var value = read();
        while (TakeName(word)) value = new PythonExpression.Binary(word, value, read(), SpanFrom(start));

        return value;
    }

    private PythonExpression ReadNot()
    {
        var start = At;
        return TakeName("not") ? new PythonExpression.Unary("not", ReadNot(), SpanFrom(start)) : ReadComparison();
    }

    private PythonExpression ReadComparison()
    {
        var start = At;
        var first = ReadBinary(0);
        List<(string Operator, PythonExpression Right)> rest = [];
        while (ReadComparator() is { } comparator) rest.Add((comparator, ReadBinary(0)));

        return rest.Count == 0 ? first : new PythonExpression.Comparison(first, rest, SpanFrom(start));
    }

    private string? ReadComparator()
    {
        if (Peek.Kind == PythonTokenKind.Operator && Peek.Text is "==" or "!=" or "<" or ">" or "<=" or ">=") return Next().Text;

        if (TakeName("in")) return "in";

        if (TakeName("is")) return TakeName("not") ? "is not" : "is";

        if (!IsName("not") || Following is not { Kind: PythonTokenKind.Name, Text: "in" }) return null;

        At += 2;
        return "not in";
    }

    private PythonExpression ReadBinary(int level)
    {
        if (level == Levels.Length) return ReadUnary();

        var start = At;
        var value = ReadBinary(level + 1);
        while (Peek.Kind == PythonTokenKind.Operator && Array.IndexOf(Levels[level], Peek.Text) >= 0)
        {
            var word = Next().Text;
            var right = ReadBinary(level + 1);
            value = word == "+" && value is PythonExpression.Text one && right is PythonExpression.Text other
                ? new PythonExpression.Text(one.Content + other.Content, SpanFrom(start))
                : new PythonExpression.Binary(word, value, right, SpanFrom(start));
        }

        return value;
    }

    private PythonExpression ReadUnary()
    {
        var start = At;
        if (Peek.Kind == PythonTokenKind.Operator && Peek.Text is "-" or "+" or "~") return new PythonExpression.Unary(Next().Text, ReadUnary(), SpanFrom(start));

        var value = ReadPostfix();
        return Take("**") ? new PythonExpression.Binary("**", value, ReadUnary(), SpanFrom(start)) : value;
    }

    private PythonExpression ReadPostfix()
    {
        var start = At;
        var value = ReadAtom();
        while (true)
        {
            if (Take("."))
            {
                if (Peek.Kind != PythonTokenKind.Name) throw Expected("a name");

                value = new PythonExpression.Attribute(value, Next().Text, SpanFrom(start));
            }
            else if (Take("("))
            {
                value = ReadCall(value, start);
            }
            else if (Take("["))
            {
                var key = ReadSubscript();
                Require("]");
                value = new PythonExpression.Item(value, key, SpanFrom(start));
            }
            else
            {
                return value;
            }
        }
    }

    private PythonExpression.Call ReadCall(PythonExpression function, int start)
    {
        List<PythonExpression> arguments = [];
        List<(string Name, PythonExpression Value)> keywords = [];
        while (!Take(")"))
        {
            var at = At;
            if (Take("**"))
            {
                keywords.Add((string.Empty, ReadExpression()));
            }
            else if (Peek.Kind == PythonTokenKind.Name && Following is { Kind: PythonTokenKind.Operator, Text: "=" })
            {
                var name = Next().Text;
                At++;
                keywords.Add((name, ReadExpression()));
            }
            else
            {
                var value = ReadStarred();
                arguments.Add(IsName("for") || IsName("async") ? new PythonExpression.Comprehension('(', value, null, ReadClauses(), SpanFrom(at)) : value);
            }

            if (!Take(",") && !IsOperator(")")) throw Expected("',' or ')'");
        }

        return new PythonExpression.Call(function, arguments, keywords, SpanFrom(start));
    }

    private PythonExpression ReadSubscript()
    {
        var start = At;
        var first = IsOperator(":") ? null : ReadExpressions();
        if (!Take(":")) return first!;

        var stop = IsOperator(":") || IsOperator("]") ? null : ReadExpression();
        var step = Take(":") && !IsOperator("]") ? ReadExpression() : null;
        return new PythonExpression.Slice(first, stop, step, SpanFrom(start));
    }

    private PythonExpression ReadAtom()
    {
        var start = At;
        var token = Next();
        switch (token.Kind)
        {
            case PythonTokenKind.Name:
                return token.Text switch
                {
                    "True" => new PythonExpression.Literal(true, token.Span),
                    "False" => new PythonExpression.Literal(false, token.Span),
                    "None" => new PythonExpression.Literal(null, token.Span),
                    "lambda" or "if" or "else" or "for" or "in" or "not" or "and" or "or" or "is" or "await" or "yield" => throw Backed("an expression"),
                    _ => new PythonExpression.Name(token.Text, token.Span),
                };
            case PythonTokenKind.Number:
                return new PythonExpression.Literal(NumberOf(token), token.Span);
            case PythonTokenKind.Text:
                At--;
                return ReadTexts(start);
            case PythonTokenKind.Operator when token.Text is "(" or "[":
                return ReadDisplay(token.Text[0], token.Text == "(" ? ")" : "]", start);
            case PythonTokenKind.Operator when token.Text == "{":
                return ReadBraces(start);
            default:
                throw Backed("an expression");
        }
    }

    private DiagnosticException Backed(string what)
    {
        At--;
        return Expected(what);
    }

    private static object NumberOf(PythonToken token)
    {
        var text = token.Text.Replace("_", string.Empty, StringComparison.Ordinal);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)) return integer;

        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && (text.Contains('.', StringComparison.Ordinal) || text.Contains('e', StringComparison.OrdinalIgnoreCase))
            ? number
            : throw Error($"The number {token.Text} is not read", token.Span);
    }

    private PythonExpression ReadDisplay(char open, string close, int start)
    {
        List<PythonExpression> items = [];
        var comma = false;
        while (!Take(close))
        {
            items.Add(ReadStarred());
            if (items.Count == 1 && (IsName("for") || IsName("async")))
            {
                var clauses = ReadClauses();
                Require(close);
                return new PythonExpression.Comprehension(open, items[0], null, clauses, SpanFrom(start));
            }

            comma = Take(",");
            if (!comma && !IsOperator(close)) throw Expected($"',' or '{close}'");
        }

        // One value without a comma is that value; the parentheses only let it span lines.
        return open == '(' && items is [var one] && !comma ? one : new PythonExpression.Display(open, items, SpanFrom(start));
    }

    private PythonExpression ReadBraces(int start)
    {
        List<(PythonExpression Key, PythonExpression Value)> entries = [];
        List<PythonExpression> items = [];
        while (!Take("}"))
        {
            if (Take("**"))
            {
                var inner = ReadBinary(0);
                entries.Add((new PythonExpression.Starred(inner, inner.Span), inner));
            }
            else
            {
                var key = ReadStarred();
                var value = Take(":") ? ReadExpression() : null;
                if (IsName("for") && entries.Count + items.Count == 0)
                {
                    var clauses = ReadClauses();
                    Require("}");
                    return new PythonExpression.Comprehension('{', key, value, clauses, SpanFrom(start));
                }

                if (value is null) items.Add(key);
                else entries.Add((key, value));
            }

            if (!Take(",") && !IsOperator("}")) throw Expected("',' or '}'");
        }

        return items.Count == 0 ? new PythonExpression.Mapping(entries, SpanFrom(start))
            : entries.Count == 0 ? new PythonExpression.Display('{', items, SpanFrom(start))
            : throw Error("A dictionary has a value for every key", SpanFrom(start));
    }

    private List<PythonClause> ReadClauses()
    {
        List<PythonClause> clauses = [];
        while (TakeName("for"))
        {
            var target = ReadTargets();
            if (!TakeName("in")) throw Expected("'in'");

            var of = ReadOr();
            List<PythonExpression> conditions = [];
            while (TakeName("if")) conditions.Add(ReadOr());

            clauses.Add(new PythonClause(target, of, conditions));
        }

        return clauses.Count > 0 ? clauses : throw Expected("'for'");
    }

    // Adjacent strings are concatenated.
    private PythonExpression ReadTexts(int start)
    {
        List<FormattedPart> parts = [];
        Diagnostic? unread = null;
        while (Peek.Kind == PythonTokenKind.Text)
        {
            var token = Next();
            if (PythonText.IsFormatted(token.Text, 0))
            {
                parts.AddRange(PythonText.PartsOf(Source, token.Span.Offset).Select(part => PartOf(part, token.Span)));
                continue;
            }

            try
            {
                parts.Add(new FormattedPart(PythonText.Read(Source, token.Span.Offset), null, null, []));
            }
            catch (DiagnosticException exception)
            {
                // Only what uses it is lost.
                unread ??= exception.Diagnostics[0];
            }
        }

        return unread is not null ? new PythonExpression.Unread(unread, SpanFrom(start))
            : parts.TrueForAll(part => part.Value is null)
            ? new PythonExpression.Text(string.Concat(parts.Select(part => part.Text)), SpanFrom(start))
            : new PythonExpression.Formatted(parts, SpanFrom(start));
    }

    private FormattedPart PartOf((string? Text, int Start, int End) part, SourceSpan span)
    {
        if (part.Text is not null) return new FormattedPart(part.Text, null, null, []);

        var (end, conversion, format) = PythonText.FieldEnds(Source, part.Start, part.End);
        var text = Source.Text[part.Start..end];
        if (format is null && text.TrimEnd().EndsWith('=')) throw Error("A field that prints itself is not read", span);

        // Positions inside are those of the file; an expression may span lines there.
        var inner = SourceText.Embedded(Source.Name, $"({text})", _ => new SourceSpan(Source, part.Start, 0).Start, Source);
        return new FormattedPart(null, new PythonExpressionParser(inner).ReadExpressions(), conversion, format is { } from ? [.. PythonText.PartsOf(Source, from, part.End, raw: false).Select(one => PartOf(one, span))] : []);
    }
}
