namespace InstructKit.Templating.Syntax;

/// <summary>Parses expressions with Jinja2's precedence: <c>~</c> binds tighter than <c>+</c>, a unary sign tighter than a filter.</summary>
internal sealed partial class ExpressionParser(TokenStream stream, Func<string, byte[]>? encodeText = null)
{
    private static readonly HashSet<string> Comparisons = new(StringComparer.Ordinal) { "==", "!=", "<", "<=", ">", ">=" };

    /// <summary>Number of uses of <c>loop</c> so far.</summary>
    public int LoopMentions { get; private set; }

    /// <summary>The special names of macros used so far.</summary>
    public MacroNames MacroMentions { get; set; }

    public Expression Read(bool withConditional = true) => withConditional ? ReadConditional() : ReadOr();

    /// <summary>Parses an expression, or a tuple if there are commas.</summary>
    public Expression ReadTuple(bool withConditional = true, bool inParentheses = false) =>
        ReadItems(() => Read(withConditional), inParentheses ? null : "an expression");

    /// <summary>Parses the left side of an assignment: names, tuples of them, and an attribute of a namespace.</summary>
    public Expression ReadTarget(bool withAttribute = false) => ReadItems(() => ReadTargetItem(withAttribute), "a name");

    // Parses one item, or a tuple if there are commas. Without any item it is the empty tuple, unless one is required.
    private Expression ReadItems(Func<Expression> readItem, string? wanted)
    {
        var start = stream.Current.Range;
        List<Expression> items = [];
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0) stream.Expect(",");
            if (IsTupleEnd()) break;
            items.Add(readItem());
            if (!stream.Current.Is(",")) break;
            isTuple = true;
        }

        if (!isTuple && items.Count > 0) return items[0];
        if (!isTuple && wanted is not null) throw stream.Unexpected(wanted);
        return stream.Nest(new Expression.Sequence(start.To(stream.LastRange), true, items));
    }

    public Expression.Name ReadName()
    {
        var token = stream.ExpectName();
        if (IsConstantName(token.Text)) throw new SyntaxException(TemplateCodes.UnexpectedToken, $"'{token.Text}' cannot be assigned to", token.Range);
        return new Expression.Name(token.Range, token.Text);
    }

    /// <summary>Parses filters after a value, or starting with a filter name as in a filter block.</summary>
    public Expression? ReadFilters(Expression? target, bool startInline = false)
    {
        while (startInline || stream.Current.Is("|"))
        {
            if (!startInline) stream.Next();
            startInline = false;
            target = ReadFilter(target);
        }

        return target;
    }

    private Expression ReadTargetItem(bool withAttribute)
    {
        if (stream.Skip("("))
        {
            stream.Enter(stream.LastRange);
            var inner = ReadTarget(withAttribute);
            stream.Leave();
            stream.Expect(")");
            return inner;
        }

        if (stream.Current.Kind != TokenKind.Name) throw stream.Unexpected("a name");
        var name = ReadName();
        if (!withAttribute || !stream.Skip(".")) return name;
        var attribute = stream.ExpectName();
        return new Expression.Member(name.Range.To(attribute.Range), name, attribute.Text);
    }

    private bool IsTupleEnd() => stream.Current.Kind is TokenKind.TagEnd or TokenKind.OutputEnd or TokenKind.End || stream.Current.Is(")");

    private Expression ReadConditional()
    {
        stream.Enter(stream.Current.Range);
        var value = ReadOr();
        while (stream.SkipName("if"))
        {
            var test = ReadOr();
            var otherwise = stream.SkipName("else") ? ReadConditional() : null;
            value = stream.Nest(new Expression.Conditional(value.Range.To(stream.LastRange), test, value, otherwise));
        }

        stream.Leave();
        return value;
    }

    // Two operands and the operator between them; operators of one level are left-associative.
    private Expression ReadJoined(Func<Expression> readOperand, Func<SourceRange, string, Expression, Expression, Expression> join, params string[] signs)
    {
        var left = readOperand();
        while (stream.Current is { Kind: TokenKind.Operator or TokenKind.Name } token && Array.IndexOf(signs, token.Text) >= 0)
        {
            stream.Next();
            var right = readOperand();
            left = stream.Nest(join(left.Range.To(right.Range), token.Text, left, right));
        }

        return left;
    }

    private static Expression.Logical Logical(SourceRange range, string sign, Expression left, Expression right) => new(range, sign == "and", left, right);

    private static Expression.Binary Binary(SourceRange range, string sign, Expression left, Expression right) => new(range, sign, left, right);

    private Expression ReadOr() => ReadJoined(ReadAnd, Logical, "or");

    private Expression ReadAnd() => ReadJoined(ReadNot, Logical, "and");

    private Expression ReadSum() => ReadJoined(ReadConcat, Binary, "+", "-");

    private Expression ReadProduct() => ReadJoined(ReadPower, Binary, "*", "/", "//", "%");

    private Expression ReadPower() => ReadJoined(() => ReadUnary(true), Binary, "**");

    private Expression ReadNot()
    {
        if (!stream.Current.IsName("not")) return ReadComparison();
        var start = stream.Next().Range;
        stream.Enter(start);
        var operand = ReadNot();
        stream.Leave();
        return stream.Nest(new Expression.Not(start.To(operand.Range), operand));
    }

    private Expression ReadComparison()
    {
        var first = ReadSum();
        List<(string, Expression)>? rest = null;
        while (true)
        {
            string sign;
            if (stream.Current.Kind == TokenKind.Operator && Comparisons.Contains(stream.Current.Text)) sign = stream.Next().Text;
            else if (stream.SkipName("in")) sign = "in";
            else if (stream.Current.IsName("not") && stream.Ahead.IsName("in"))
            {
                stream.Next();
                stream.Next();
                sign = "not in";
            }
            else break;
            (rest ??= []).Add((sign, ReadSum()));
        }

        return rest is null ? first : stream.Nest(new Expression.Compare(first.Range.To(stream.LastRange), first, rest));
    }

    private Expression ReadConcat()
    {
        var first = ReadProduct();
        if (!stream.Current.Is("~")) return first;
        List<Expression> parts = [first];
        while (stream.Skip("~")) parts.Add(ReadProduct());
        return stream.Nest(new Expression.Concat(first.Range.To(stream.LastRange), parts));
    }

    private Expression ReadUnary(bool withFilter)
    {
        Expression value;
        if (stream.Current.Is("-") || stream.Current.Is("+"))
        {
            var sign = stream.Next();
            stream.Enter(sign.Range);
            var operand = ReadUnary(false);
            stream.Leave();
            value = stream.Nest(new Expression.Unary(sign.Range.To(operand.Range), sign.Text[0], operand));
        }
        else value = ReadPrimary();

        value = ReadPostfix(value);
        return withFilter ? ReadFilterExpression(value) : value;
    }
}
