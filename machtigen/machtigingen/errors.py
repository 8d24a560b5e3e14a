"""What is refused because several people decide, or because of who somebody is. As `machtigen.errors`."""

from __future__ import annotations

from machtigen.errors import InvalidMachtiging, MachtigenError


class NotAMember(MachtigenError):
    """Only somebody within the organisation may accept this."""

    code = "not-a-member"
    title = "Alleen wie bij deze organisatie werkt, kan dit bevestigen."


class JointConfirmationPending(MachtigenError):
    """Others must agree first: until then nobody can accept it."""

    code = "joint-confirmation-pending"
    title = "Anderen moeten hier eerst nog mee instemmen."


class NothingToConfirm(MachtigenError):
    """It does not wait for this person's agreement."""

    code = "nothing-to-confirm"
    title = "Uw instemming wordt hier niet (meer) gevraagd."


class ConflictOfInterest(MachtigenError):
    """Somebody would stand on both sides."""

    code = "conflict-of-interest"
    title = "Dit kan niet: u zou hier namens beide kanten handelen."


class NobodyLeftToDecide(MachtigenError):
    """Too few are left of those who must decide jointly."""

    code = "nobody-left-to-decide"
    title = "Er zijn niet genoeg mensen meer die hierover samen kunnen beslissen."


class AgreementTooLong(InvalidMachtiging):
    """Agreement to use a joint power is asked for longer than fourteen days."""

    code = "agreement-too-long"
    title = "Instemming duurt hoogstens veertien dagen."


class ProfessionNotAccepted(MachtigenError):
    """The person is in no professional register that this service accepts."""

    code = "profession-not-accepted"
    title = "U staat niet in een beroepsregister dat deze dienst accepteert."


class FunctionNeedsOrganisation(InvalidMachtiging):
    """A function is one within an organisation; none is named."""

    code = "function-needs-organisation"
    title = "Een functie hoort bij een organisatie. Kies een organisatie."


class NotCompetent(InvalidMachtiging):
    """The ground does not reach services of this nature: another is competent."""

    code = "not-competent"
    title = "Deze bevoegdheid geldt niet voor deze dienst. Iemand anders mag dit doen."
