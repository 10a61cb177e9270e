namespace InstructKit.Templating.Builtins;

/// <summary>The tests of <c>is</c>.</summary>
internal static class ValueTests
{
    public static IEnumerable<Builtin> All =>
    [
        Simple("defined", self => !self.IsUndefined),
        Simple("undefined", self => self.IsUndefined),
        Simple("none", self => self.IsNone),
        Simple("boolean", self => self.Kind == ValueKind.Boolean),
        Simple("true", self => self.Kind == ValueKind.Boolean && self.Bits != 0),
        Simple("false", self => self.Kind == ValueKind.Boolean && self.Bits == 0),
        Simple("integer", self => self.Kind == ValueKind.Integer),
        Simple("float", self => self.Kind == ValueKind.Float),
        Simple("number", Comparison.IsNumber),
        Simple("string", self => self.IsText),
        Simple("mapping", self => self.Kind == ValueKind.Mapping),
        Simple("iterable", IsIterable),
        Simple("sequence", IsSequence),
        Simple("callable", self => self.IsUndefined || (self.Kind == ValueKind.Other && self.AsObject.IsCallable)),
        Simple("escaped", self => self.IsSafe || (self.IsUndefined && self.Policy == UndefinedPolicy.Chainable)),
        new("filter", [], (context, self, _) => Value.From(IsHashable(self) && self.IsText && context.Library.Filters.Find(self.ToString()) is not null)),
        new("test", [], (context, self, _) => Value.From(IsHashable(self) && self.IsText && context.Library.Tests.Find(self.ToString()) is not null)),
        new("lower", [], (context, self, _) => Value.From(HasCase(Coercion.Text(context, self).TextSpan, upper: false))),
        new("upper", [], (context, self, _) => Value.From(HasCase(Coercion.Text(context, self).TextSpan, upper: true))),
        new("odd", [], (context, self, _) => Remainder(context, self, 2, 1)),
        new("even", [], (context, self, _) => Remainder(context, self, 2, 0)),
        new("divisibleby", ["num"], (context, self, arguments) =>
            Value.From(Comparison.AreEqual(context, Arithmetic.Modulo(context, self, arguments[0]), Value.From(0)))),
        new("sameas", ["other"], (_, self, arguments) => Value.From(Comparison.AreIdentical(self, arguments[0]))),
        .. Compare(ComparisonSign.Equal, "eq", "equalto", "=="),
        .. Compare(ComparisonSign.NotEqual, "ne", "!="),
        .. Compare(ComparisonSign.Less, "lt", "lessthan", "<"),
        .. Compare(ComparisonSign.LessOrEqual, "le", "<="),
        .. Compare(ComparisonSign.Greater, "gt", "greaterthan", ">"),
        .. Compare(ComparisonSign.GreaterOrEqual, "ge", ">="),
        .. Compare(ComparisonSign.In, "in"),
    ];

    /// <summary>True when there is a letter with this case and none with the other, like <c>islower()</c> and <c>isupper()</c>.</summary>
    public static bool HasCase(ReadOnlySpan<byte> text, bool upper)
    {
        var found = false;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            var code = rune.Value;
            if (UnicodeClass.IsTitle(code) || (upper ? UnicodeClass.IsLower(code) : UnicodeClass.IsUpper(code))) return false;
            found |= upper ? UnicodeClass.IsUpper(code) : UnicodeClass.IsLower(code);
            text = text[used..];
        }

        return found;
    }

    /// <summary>True; fails for values that cannot be keys of a table of names.</summary>
    private static bool IsHashable(Value value)
    {
        Comparison.Hash(value);
        return true;
    }

    private static Builtin Simple(string name, Predicate<Value> holds) => new(name, [], (_, self, _) => Value.From(holds(self))) { IsConstantTime = true };

    private static IEnumerable<Builtin> Compare(ComparisonSign sign, params string[] names) =>
        names.Select(name => new Builtin(name, ["other"], (context, self, arguments) => Value.From(Comparison.Holds(context, sign, self, arguments[0]))));

    private static bool IsIterable(Value self)
    {
        self.RequireLenient();
        return ValueCursor.IsIterable(self);
    }

    private static bool IsSequence(Value self) => self.Kind switch
    {
        ValueKind.Text or ValueKind.List or ValueKind.Tuple or ValueKind.Mapping => true,
        ValueKind.Undefined => self.Policy != UndefinedPolicy.Strict,
        ValueKind.Other => self.AsObject is SequenceValue,
        _ => false,
    };

    private static Value Remainder(RenderContext context, Value self, long divisor, long rest) =>
        Value.From(Comparison.AreEqual(context, Arithmetic.Modulo(context, self, Value.From(divisor)), Value.From(rest)));
}
